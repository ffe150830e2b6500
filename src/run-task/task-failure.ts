/** What the tasks of a run with `count` do when one of them fails, after its retries. */
export enum TaskFailure {
  /** The other tasks are stopped, and the run fails with the error of the task. */
  STOP_OTHERS = 'STOP_OTHERS',

  /** The other tasks run to their end. Then the run fails, and its cause says which tasks failed. */
  CONTINUE = 'CONTINUE',
}
