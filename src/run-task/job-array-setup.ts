import { TaskFailure } from './task-failure';
import { known } from '../rules/rule';

/**
 * The maximum number of iterations of an inline map that run at once. A job with more uses a distributed map, whose iterations are
 * executions of their own.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
 */
export const MAX_INLINE = 40;

/**
 * The maximum number of iterations of a distributed map that run at once.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export const MAX_DISTRIBUTED = 10_000;

/** How the tasks of a run are run side by side. */
export interface ArraySetup {
  readonly distributed: boolean;
  /** The maximum number of tasks of a run. */
  readonly most: number;
  readonly maxConcurrency: number;
  readonly taskFailure: TaskFailure;
}

/** What the props of a job mean for its tasks side by side. */
export function arraySetup(props: { count?: number; maxConcurrency?: number; taskFailure?: TaskFailure }): ArraySetup {
  const { count = 1, maxConcurrency = MAX_INLINE, taskFailure = TaskFailure.STOP_OTHERS } = props;
  const distributed = [count, maxConcurrency].some((number) => !known(number) || number > MAX_INLINE);
  return { distributed, most: distributed ? MAX_DISTRIBUTED : MAX_INLINE, maxConcurrency, taskFailure };
}

/** The variables that tell a task which one it is. */
export const ARRAY_VARIABLES = ['JOB_ARRAY_INDEX', 'JOB_ARRAY_SIZE'];
