export * from './elastic-inference-accelerator';
export * from './elastic-inference-service';
export * from './elastic-inference-service-props';
export * from './task-definition-inference-accelerators';
