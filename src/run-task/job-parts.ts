import { JobNetwork } from './job-network';
import { ICapacity } from '../capacity/capacity';
import { isEc2Capacity } from '../capacity/is-ec2-capacity';
import { Task } from '../service/task-parts';

/** What a job is made of. */
export interface JobParts {
  readonly capacity: ICapacity;
  readonly task: Task;
  readonly network: JobNetwork;
  /** Tasks of a run that doesn't say how many. */
  readonly count: number;
  /** Tasks that run together, if they do. */
  readonly nodes?: number;
  /** Whether the main container has a memory limit of its own. */
  readonly memoryLimited: boolean;
  readonly enableExecuteCommand?: boolean;
}

/** Where a run's memory goes: to the main container's limit or reservation, for a task that takes a slice; elsewhere it is the task's. */
export function memoryOverride({ capacity, memoryLimited }: JobParts): 'Memory' | 'MemoryReservation' | 'task' {
  if (!isEc2Capacity(capacity)) return 'task';
  return memoryLimited ? 'Memory' : 'MemoryReservation';
}

/** The placement constraints of a capacity as ECS takes them. */
export function placementConstraintsOf(capacity: ICapacity): { readonly type: string; readonly expression?: string }[] {
  return capacity.placementConstraints.flatMap((constraint) => constraint.toJson());
}
