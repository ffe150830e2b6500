import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { enforce } from '../../rules/rule';
import { ICapacity } from '../capacity';
import { hostSecurityGroups } from '../host-security-groups';
import { checkSelection } from '../subnets';
import { ServiceRequest } from '../task-planner';

/** Creates a service whose hosts AWS manages. Managed Instances use it too, because aws-cdk-lib has one L2 for both. */
export function makeFargateService(scope: Construct, capacity: ICapacity, request: ServiceRequest): ecs.FargateService {
  const { options, taskDefinition, securityGroups } = request;
  const awsVpc = taskDefinition.networkMode === ecs.NetworkMode.AWS_VPC;
  if (awsVpc) enforce(scope, checkSelection(capacity.cluster.vpc, capacity.vpcSubnets));
  const service = new ecs.FargateService(scope, 'Service', {
    ...options,
    taskDefinition,
    vpcSubnets: capacity.vpcSubnets,
    // In host mode, tasks are reached through their hosts.
    securityGroups: awsVpc ? securityGroups : hostSecurityGroups(scope, capacity),
  });
  // The L2 only knows awsvpc mode. ECS refuses a network configuration in host mode.
  if (!awsVpc) (service.node.defaultChild as ecs.CfnService).addPropertyDeletionOverride('NetworkConfiguration');
  return service;
}
