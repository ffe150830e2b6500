export * from './capacity';
export * from './service';
export * from './elastic-inference';
export * from './gaudi';
export * from './neuron';
export * from './run-task';
