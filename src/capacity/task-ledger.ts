import { known } from '../rules/rule';

/** A service or a job that runs tasks on a capacity. Counts that are not known at synth are undefined. */
export interface TaskConsumer {
  /** The construct path, by which the user finds it. */
  readonly path: string;
  /** Whether rolling updates replace its tasks, so that it may need room for more tasks. */
  readonly rolls: boolean;
  /** The minimum number of tasks that run at a time. */
  least(): number | undefined;
  /** The maximum number of tasks that run at a time, not counting a surge. */
  most(): number | undefined;
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
  /** The number of slices that stay free when every consumer runs its maximum number of tasks. 0 if it is not known. */
  readonly free: number;
  /** The number of free slices that each service can count on for a rolling update, even if all services update at once. */
  readonly surgePerService: number;
  add(consumer: TaskConsumer): void;
  /** How many of `tasks` must stop in a rolling update, so that a new task is certain to find a slice. */
  mustStop(tasks: number): number;
}

/** The ledger of a capacity that starts a host whenever a task needs one. */
export const UNLIMITED: TaskLedger = {
  exact: false,
  free: Infinity,
  surgePerService: Infinity,
  add: () => undefined,
  mustStop: (tasks) => Math.min(tasks, 1),
};

/** The sum of counts. Undefined if one of them is not known. */
export function sumOf(counts: (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((sum, count) => (known(sum) && known(count) ? sum + count : undefined), 0);
}
