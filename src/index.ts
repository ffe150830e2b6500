export * from './capacity';
export * from './service';
export * from './neuron';
export * from './run-task';
