import { known } from '../rules/rule';

/** A service or a job that runs tasks on a capacity. Counts that are not known at synth are undefined. */
export interface TaskConsumer {
  /** The construct path, by which the user finds it. */
  readonly path: string;
  /** Whether rolling updates replace its tasks, so that it may need room for more tasks. */
  readonly rolls: boolean;
  /** The minimum number of tasks that run at a time. */
  least(): number | undefined;
  /** The maximum number of tasks that run at a time, not counting a surge and not counting runs that overlap. */
  most(): number | undefined;
  /**
   * The maximum number of tasks of runs that overlap, because they start by themselves. Infinity if there is no limit.
   *
   * @default - `most()`
   */
  overlapping?(): number | undefined;
  /**
   * The number of tasks that a rolling update may start beyond `most()`.
   *
   * @default - `most()`, for an update that starts all new tasks at once
   */
  surge?(): number | undefined;
}

/** Which slices a service can count on. */
export interface RoomOptions {
  /** Whether all other services of the capacity update at the same time. */
  readonly allUpdate?: boolean;
  /** Whether all runs of jobs that can overlap do so. */
  readonly jobsOverlap?: boolean;
  /** A number of hosts by which the maximum size of each pool is raised. */
  readonly moreHosts?: number;
}

/** The slices of a service at each number of tasks that it may want. */
export interface TaskRoom {
  /** The number of slices that the service is certain to get. Undefined if it is not known. */
  readonly slices?: number;
  /** The number of slices that are certain to be free for new tasks of an update. 0 if it is not known. */
  free(desired: number): number;
  /** The number of tasks that are certain to run. It is less than `desired` if the capacity does not hold them all. */
  running(desired: number): number;
  /** Whether there is room for all tasks a second time. Undefined if it is not known. */
  holdsTwice(desired: number): boolean | undefined;
}

/**
 * Tracks what runs on a capacity, and how many slices stay free. Consumers are added one by one, so each answer is computed when it is
 * asked for.
 */
export interface TaskLedger {
  /** Whether the ledger knows the exact number of tasks that the capacity holds. If not, it knows a lower bound. */
  readonly exact: boolean;
  /** The number of tasks that the capacity holds at its maximum size, if it is known. */
  readonly slices?: number;
  /** The paths of the jobs whose runs can overlap, so that they may take slices which services count on for updates. */
  readonly overlappingJobs: string[];
  add(consumer: TaskConsumer): void;
  /** The room of a service that was added to the ledger. */
  room(consumer: TaskConsumer, options?: RoomOptions): TaskRoom;
  /** How many of `tasks` must stop in a rolling update, so that a new task is certain to find a slice. */
  mustStop(tasks: number): number;
}

/** The ledger of a capacity that starts a host whenever a task needs one. */
export const UNLIMITED: TaskLedger = {
  exact: false,
  overlappingJobs: [],
  add: () => undefined,
  room: () => ({ slices: Infinity, free: () => Infinity, running: (desired) => desired, holdsTwice: () => true }),
  mustStop: (tasks) => Math.min(tasks, 1),
};

/** The sum of counts. Undefined if one of them is not known. */
export function sumOf(counts: (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((sum, count) => (known(sum) && known(count) ? sum + count : undefined), 0);
}

/** The share of `free` slices for a consumer that wants `want` of them: others that want fewer leave theirs to it. */
export function fairShare(free: number, want: number, others: number[]): number {
  let left = free;
  let sharers = others.length + 1;
  for (const other of [...others].sort((a, b) => a - b)) {
    if (other > left / sharers) break;
    left -= other;
    sharers -= 1;
  }
  return Math.max(0, Math.min(want, Math.floor(left / sharers)));
}
