import { known } from '../rules/rule';

/** A service or a job that runs tasks on a capacity. Counts that are not known at synth are undefined. */
export interface TaskConsumer {
  /** The construct path, by which the user finds it. */
  readonly path: string;
  /** Whether rolling updates replace its tasks, so that it may want room beside its own. */
  readonly rolls: boolean;
  /** The fewest tasks that must run at a time. */
  least(): number | undefined;
  /** The most tasks that may run at a time, without a surge. */
  most(): number | undefined;
}

/** Tracks what runs on a capacity, and how much room stays free. Consumers come one by one, so each answer is computed when it is asked for. */
export interface TaskLedger {
  /** Whether the capacity never holds more than the ledger says. Otherwise the ledger is only what can be counted on. */
  readonly exact: boolean;
  /** Tasks that the capacity holds at its largest, where that is known. */
  readonly slices?: number;
  /** Slices that stay free when every consumer runs its most tasks; 0 when that cannot be known. */
  readonly free: number;
  /** Free slices that each service can count on for a rolling update, even if all services update at once. */
  readonly surgePerService: number;
  add(consumer: TaskConsumer): void;
  /** How many of `tasks` must stop in a rolling update, so that a new task surely finds a slice. */
  mustStop(tasks: number): number;
}

/** The ledger of a capacity that gets a host whenever a task needs one. */
export const UNLIMITED: TaskLedger = {
  exact: false,
  free: Infinity,
  surgePerService: Infinity,
  add: () => undefined,
  mustStop: (tasks) => Math.min(tasks, 1),
};

/** The sum of counts, undefined where one of them is not known. */
export function sumOf(counts: (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((sum, count) => (known(sum) && known(count) ? sum! + count! : undefined), 0);
}
