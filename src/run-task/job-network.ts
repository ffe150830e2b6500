import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { selectSubnets } from '../capacity/subnets';
import { plannerOf } from '../capacity/task-planner';

/** The network configuration of the tasks of a job. */
export interface JobNetwork {
  readonly connections: ec2.Connections;
  /** The network configuration of `RunTask`. Undefined if tasks have no network interface of their own. */
  readonly awsVpc?: {
    readonly subnets: string[];
    readonly securityGroups: string[];
    readonly assignPublicIp: 'ENABLED' | 'DISABLED';
  };
}

/** Creates the network configuration of the tasks of a job under `scope`. */
export function makeJobNetwork(
  scope: Construct,
  capacity: ICapacity,
  networkMode: ecs.NetworkMode,
  given: ec2.ISecurityGroup[] | undefined,
): JobNetwork {
  // In bridge and host mode tasks are reached through their hosts.
  if (networkMode !== ecs.NetworkMode.AWS_VPC) return { connections: capacity.connections };
  const { vpc } = capacity.cluster;
  const securityGroups = given ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc })];
  const { subnetIds, hasPublic } = selectSubnets(scope, vpc, capacity.vpcSubnets);
  return {
    connections: new ec2.Connections({ securityGroups }),
    awsVpc: {
      subnets: subnetIds,
      securityGroups: securityGroups.map((group) => group.securityGroupId),
      assignPublicIp: hasPublic && plannerOf(capacity).assignsPublicIp ? 'ENABLED' : 'DISABLED',
    },
  };
}
