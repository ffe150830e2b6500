import { Duration } from 'aws-cdk-lib';
import { JobNetwork } from './job-network';
import { ICapacity } from '../capacity/capacity';
import { Task } from '../service/task';

/** What a job has made of its props, for its state machine and its commands. */
export interface JobSetup {
  readonly capacity: ICapacity;
  readonly timeout: Duration;
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

/** Where a run's memory goes: to the task, where the task has memory as a whole, else to the limit or the reservation of the main container. */
export function memoryOverride({ task, memoryLimited }: JobSetup): 'Memory' | 'MemoryReservation' | 'task' {
  if (task.hasTaskMemory) return 'task';
  return memoryLimited ? 'Memory' : 'MemoryReservation';
}
