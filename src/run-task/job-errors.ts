/** The errors that an execution of a job fails with. Step Functions keeps names that begin with `States.` to itself. */
export const JOB_ERRORS = {
  badInput: 'MlRunTask.BadInput',
  failed: 'MlRunTask.ProgramFailed',
  interrupted: 'MlRunTask.Interrupted',
  noCapacity: 'MlRunTask.NoCapacity',
  notStarted: 'MlRunTask.NotStarted',
  stopped: 'MlRunTask.Stopped',
  refused: 'MlRunTask.RunTaskRefused',
} as const;
