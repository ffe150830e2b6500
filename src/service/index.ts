export * from './accelerated-service';
export * from './accelerated-service-props';
export * from './accelerated-task-props';
export * from './circuit-breaker-threshold';
