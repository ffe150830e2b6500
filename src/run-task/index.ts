export * from './job-overrides';
export * from './job-start-options';
export * from './launcher';
export * from './ml-run-task';
export * from './ml-run-task-props';
export * from './task-failure';
