/** The error names of failed executions of a job. Step Functions reserves names that start with `States.`. */
export const JOB_ERRORS = {
  badInput: 'MlRunTask.BadInput',
  failed: 'MlRunTask.ProgramFailed',
  interrupted: 'MlRunTask.Interrupted',
  noCapacity: 'MlRunTask.NoCapacity',
  notStarted: 'MlRunTask.NotStarted',
  stopped: 'MlRunTask.Stopped',
  timedOut: 'MlRunTask.TimedOut',
  tasksFailed: 'MlRunTask.TasksFailed',
  refused: 'MlRunTask.RunTaskRefused',
} as const;
