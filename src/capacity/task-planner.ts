import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TaskLedger } from './task-ledger';
import { checkPlans } from '../rules/planner-rules';
import { enforceValue, Finding } from '../rules/rule';

/** What a service or a job wants of its tasks, as far as the capacity has a say in it. */
export interface TaskRequest {
  readonly container: ecs.ContainerDefinitionOptions;
  readonly networkMode?: ecs.NetworkMode;
  readonly sharedMemorySize?: Size;
  readonly taskCpu?: number;
  readonly taskMemory?: Size;
}

/** An ECS service that is about to be made. */
export interface ServiceRequest {
  readonly options: ecs.BaseServiceOptions & Pick<ecs.Ec2ServiceProps, 'availabilityZoneRebalancing'>;
  readonly taskDefinition: ecs.TaskDefinition;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly placementStrategies?: ecs.PlacementStrategy[];
}

/** Limits of what a run of a job can override, where the capacity decides how large a task is. */
export interface OverrideLimits {
  /** Where the limits hold, for messages. */
  readonly where: string;
  readonly memory: Size;
  /** What has that memory, for messages. */
  readonly of: string;
  /** Why a run cannot change cpu units, for messages. */
  readonly why: string;
}

/** The hosts of tasks that run together as nodes of a job. */
export interface NodeHosts {
  /** EFA interfaces of each host. */
  readonly efaInterfaces: number;
  /** Name of the instance type, where it could have EFA. */
  readonly typeWithEfa?: string;
}

/**
 * How a capacity runs tasks. Services and jobs ask their capacity's planner and know no kind of capacity; each kind answers in its own folder.
 *
 * @see docs/decisions/0012-a-capacity-plans-its-tasks.md
 */
export interface TaskPlanner {
  /** What runs on the capacity, and how much room is left. */
  readonly ledger: TaskLedger;

  /** Limits of what a run of a job can override. Undefined where a run decides its size. */
  readonly overrideLimits?: OverrideLimits;

  /** The hosts of a job's nodes. Undefined where the capacity has no accelerators. */
  readonly nodeHosts?: NodeHosts;

  /** Placement constraints of a `RunTask` call. */
  readonly runTaskPlacement: ecs.PlacementConstraint[];

  /** Whether tasks get public addresses in public subnets. */
  readonly assignsPublicIp: boolean;

  /** The network mode of a task. */
  networkMode(request: TaskRequest): ecs.NetworkMode;

  /** What the capacity refuses of a task, before anything is made. */
  checkTask(request: TaskRequest, networkMode: ecs.NetworkMode): Finding[];

  /** The properties of a task definition that depend on the capacity, beside the network mode. */
  taskDefinitionProps(request: TaskRequest): ecs.TaskDefinitionProps;

  /** What the capacity refuses of a service, before anything is made. */
  checkService(request: Pick<ServiceRequest, 'placementStrategies'>): Finding[];

  /** Makes the ECS service as `Service` under `scope`. */
  makeService(scope: Construct, request: ServiceRequest): ecs.BaseService;
}

/** The planner of a capacity. A capacity that this library neither made nor imported has none, and fails. */
export function plannerOf(capacity: { readonly node: { readonly path: string }; readonly _planner?: TaskPlanner }): TaskPlanner {
  enforceValue(capacity.node.path, checkPlans(capacity._planner !== undefined));
  return capacity._planner as TaskPlanner;
}
