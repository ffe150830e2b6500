export * from './job-overrides';
export * from './ml-run-task';
export * from './ml-run-task-props';
