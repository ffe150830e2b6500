import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { ARRAY_VARIABLES, ArraySetup } from './job-array-setup';
import { JobNetwork } from './job-network';
import { EXECUTION_VARIABLE } from './job-override-expression';
import { type JobTask } from './job-task';
import { ICapacity } from '../capacity/capacity';
import { plannerOf } from '../capacity/task-planner';
import { OwnedVariables } from '../rules/owned-rules';

/** What a job derives from its props, for its state machine and its commands. */
export interface JobSetup {
  readonly capacity: ICapacity;
  readonly timeout: Duration;
  readonly capacityTimeout?: Duration;
  readonly task: JobTask;
  readonly network: JobNetwork;
  /** The number of tasks of a run that does not override it. */
  readonly count: number;
  readonly array: ArraySetup;
  /** The number of nodes of the job. Undefined if its tasks are independent. */
  readonly nodes?: number;
  readonly enableExecuteCommand?: boolean;
  readonly placementStrategies?: ecs.PlacementStrategy[];
}

/** The group of the tasks that the state machine of a job runs, by which the watch of the job finds them. */
export function groupOf({ task }: Pick<JobSetup, 'task'>): string {
  return `job:${task.family}`;
}

/** The group of the tasks that are the first nodes of runs. */
export function firstNodeGroup(group: string): string {
  return `${group}:first`;
}

/** The placement constraints of a `RunTask` call, as the ECS API takes them. */
export function placementConstraintsOf({ capacity }: JobSetup): ReturnType<ecs.PlacementConstraint['toJson']> {
  return plannerOf(capacity).runTaskPlacement.flatMap((constraint) => constraint.toJson());
}

/** The placement strategies of a `RunTask` call, as the ECS API takes them. */
export function placementStrategiesOf({ capacity, placementStrategies }: JobSetup): ReturnType<ecs.PlacementStrategy['toJson']> {
  const strategies = (placementStrategies ?? plannerOf(capacity).runTaskStrategies ?? []).flatMap((strategy) => strategy.toJson());
  // The API documents `cpu` and `memory`, and the L2 gives `CPU` and `MEMORY`.
  return strategies.map(({ type, field }) => ({ type, field: type === 'binpack' ? field?.toLowerCase() : field }));
}

/** Whether a run can override the size of its task. The size of an imported task definition is known on Fargate only. */
export function sizeKnown({ task }: Pick<JobSetup, 'task'>): boolean {
  return task.inApp !== undefined || task.hasTaskMemory;
}

/**
 * What the memory of a run overrides: the memory of the task if it has one, or else the memory limit or reservation of the main container.
 */
export function memoryOverride({ task }: Pick<JobSetup, 'task'>): 'Memory' | 'MemoryReservation' | 'task' {
  if (task.hasTaskMemory) return 'task';
  return task.memoryLimited ? 'Memory' : 'MemoryReservation';
}

/** The variables that a job with `nodes` sets for each node. */
const NODE_VARIABLES = ['JOB_RUN_ID', 'NNODES', 'NODE_RANK', 'MASTER_ADDR', 'MASTER_PORT'];

/** The variables that a job sets for each run, which its container and its runs must not set. */
export function runVariables(nodes: number | undefined): OwnedVariables {
  const names = nodes === undefined ? ARRAY_VARIABLES : NODE_VARIABLES;
  const [prop, each] = nodes === undefined ? ['count', 'task'] : ['nodes', 'node'];
  return {
    ...Object.fromEntries(names.map((name) => [name, `\`${prop}\` of the job sets it for each ${each}. Use another name.`])),
    [EXECUTION_VARIABLE]: 'The job sets it to the execution that runs the task. Use another name.',
  };
}

/** The variables that only the library may set in the main container of a job. */
export function ownedVariables({ capacity, nodes }: Pick<JobSetup, 'capacity' | 'nodes'>): OwnedVariables {
  return { ...plannerOf(capacity).ownedVariables, ...runVariables(nodes) };
}
