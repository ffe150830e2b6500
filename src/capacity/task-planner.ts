import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HostArchitecture } from './architecture';
import { HostTimes } from './host-times';
import { TaskLedger } from './task-ledger';
import { OwnedVariables } from '../rules/owned-rules';
import { checkPlans } from '../rules/planner-rules';
import { enforceValue, Finding } from '../rules/rule';

/** The properties of a task, of a service or a job, that depend on its capacity. */
export interface TaskRequest {
  readonly container: ecs.ContainerDefinitionOptions;
  readonly networkMode?: ecs.NetworkMode;
  readonly sharedMemorySize?: Size;
  readonly taskCpu?: number;
  readonly taskMemory?: Size;
}

/** The properties of an ECS service that is about to be created. */
export interface ServiceRequest {
  readonly options: ecs.BaseServiceOptions & Pick<ecs.Ec2ServiceProps, 'availabilityZoneRebalancing'>;
  readonly taskDefinition: ecs.TaskDefinition;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly placementStrategies?: ecs.PlacementStrategy[];
}

/** Limits of the overrides of a run that cannot change its cpu units. */
export interface OverrideLimits {
  /** Where the limits apply, for messages. */
  readonly where: string;
  /** The memory that all containers of a task can have together. Undefined if it is not known. */
  readonly memory?: Size;
  /** What has that memory, for messages. */
  readonly of?: string;
  /** Why a run cannot change cpu units, as a sentence for messages. */
  readonly why: string;
}

/** The cpu units and the memory that a run overrides. */
export interface RunSize {
  readonly cpu?: number;
  readonly memory?: Size;
}

/** The hosts of tasks that run together as the nodes of a job. */
export interface NodeHosts {
  /** The number of EFA interfaces of each host. */
  readonly efaInterfaces: number;
  /** The name of the instance type, if it supports EFA. */
  readonly typeWithEfa?: string;
}

/**
 * How a capacity runs tasks. Services and jobs ask the planner of their capacity and do not know its kind. Each kind of capacity has its
 * planner in its own folder.
 *
 * @see docs/decisions/0012-a-capacity-plans-its-tasks.md
 */
export interface TaskPlanner {
  /** Tracks what runs on the capacity, and how many slices stay free. */
  readonly ledger: TaskLedger;

  /** Limits of the overrides of a run. Undefined if a run can change its cpu units. */
  readonly overrideLimits?: OverrideLimits;

  /** The variables of the main container that only the library may set, so that a run cannot override them. */
  readonly ownedVariables: OwnedVariables;

  /** The hosts of the nodes of a job. Undefined if the capacity has no accelerators. */
  readonly nodeHosts?: NodeHosts;

  /** Placement constraints of a `RunTask` call. */
  readonly runTaskPlacement: ecs.PlacementConstraint[];

  /** How a `RunTask` call chooses among hosts by default. Undefined if ECS places tasks by itself. */
  readonly runTaskStrategies?: ecs.PlacementStrategy[];

  /** Whether tasks get public addresses in public subnets. */
  readonly assignsPublicIp: boolean;

  /** The architecture of the hosts, if the mixins of the capacity do not check it. */
  readonly hostArchitecture?: HostArchitecture;

  /** How long the hosts run, for each pool. Undefined if it is not known. */
  readonly hostTimes?: HostTimes[];

  /** The network mode of a task. */
  networkMode(request: TaskRequest): ecs.NetworkMode;

  /** Checks a task before it is created. */
  checkTask(request: TaskRequest, networkMode: ecs.NetworkMode): Finding[];

  /** Checks that the hosts have room for tasks in a network mode. Undefined if all modes fit. */
  checkNetwork?(networkMode: ecs.NetworkMode): Finding[];

  /** The properties of a task definition that depend on the capacity, except the network mode. */
  taskDefinitionProps(request: TaskRequest): ecs.TaskDefinitionProps;

  /** Checks the size that a run gives its task. Undefined if all sizes within the limits are valid. */
  checkRunSize?(size: RunSize): Finding[];

  /** Checks a service before it is created. */
  checkService(request: Pick<ServiceRequest, 'placementStrategies'>): Finding[];

  /** Creates the ECS service as `Service` under `scope`. */
  makeService(scope: Construct, request: ServiceRequest): ecs.BaseService;
}

/** The planner of a capacity. Fails for a capacity that this library neither created nor imported, because it has none. */
export function plannerOf(capacity: { readonly node?: { readonly path: string }; readonly _planner?: TaskPlanner }): TaskPlanner {
  enforceValue(capacity.node?.path ?? 'capacity', checkPlans(capacity._planner !== undefined));
  return capacity._planner as TaskPlanner;
}
