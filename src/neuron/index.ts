export * from './neuron-capacity';
export * from './neuron-capacity-props';
export * from './neuron-capacity-strategy';
export * from './neuron-instance-type';
export * from './neuron-instance-type-attributes';
export * from './neuron-service';
export * from './neuron-service-props';
export * from './task-definition-neuron-devices';
