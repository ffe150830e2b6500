export * from './gaudi-capacity';
export * from './gaudi-capacity-props';
export * from './gaudi-instance-type';
export * from './gaudi-machine-image';
export * from './gaudi-service';
export * from './gaudi-service-props';
export * from './task-definition-gaudi-devices';
