import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { servicesOfTaskRoles, servicesToStart } from './task-services';
import { vpcOf } from '../subnets';

/** Hosts or tasks in a VPC, and the VPC endpoint services that they call. The answers can change until the app is synthesized. */
export interface VpcUser {
  readonly kind: 'hosts' | 'tasks';
  readonly vpc: ec2.IVpc;
  /** The subnets that they are in. */
  readonly subnets?: ec2.SubnetSelection;
  /** The services without which they do not start. */
  readonly needs: () => string[];
  /** The services that they may call later. */
  readonly mayCall: () => string[];
}

const USERS = new WeakMap<IConstruct, VpcUser>();

/** Registers hosts or tasks of this library. `construct` is the capacity or the task definition. */
export function registerVpcUser(construct: IConstruct, user: VpcUser): void {
  USERS.set(construct, user);
}

/** The hosts and tasks of this app that are known to be in a VPC. */
export function usersOf(vpc: ec2.IVpc): VpcUser[] {
  const users = vpc.node.root.node.findAll().flatMap((construct) => USERS.get(construct) ?? usersOwn(construct));
  return users.filter((user) => user.vpc.vpcId === vpc.vpcId);
}

/** All VPC endpoint services that the hosts and tasks of this app in a VPC call, each once and sorted. */
export function servicesCalledIn(vpc: ec2.IVpc): string[] {
  return [...new Set(usersOf(vpc).flatMap(({ needs, mayCall }) => [...needs(), ...mayCall()]))].sort();
}

/** The tasks of a task definition. ECS Exec needs its endpoint also if the task role cannot be changed. */
export function tasksIn(vpc: ec2.IVpc, task: ecs.TaskDefinition, options: { subnets?: ec2.SubnetSelection; exec?: boolean }): VpcUser {
  return {
    kind: 'tasks',
    vpc,
    subnets: options.subnets,
    needs: () => servicesToStart(task),
    mayCall: () => [...(options.exec ? ['ssmmessages'] : []), ...servicesOfTaskRoles(task)],
  };
}

/** The tasks of a service that the user has created with aws-cdk-lib. */
function usersOwn(construct: IConstruct): VpcUser[] {
  if (!(construct instanceof ecs.BaseService) || USERS.has(construct.taskDefinition)) return [];
  const vpc = vpcOf(construct.cluster);
  const { enableExecuteCommand } = construct.node.defaultChild as ecs.CfnService;
  return vpc ? [tasksIn(vpc, construct.taskDefinition, { exec: enableExecuteCommand === true })] : [];
}
