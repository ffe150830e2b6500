export * from './capacity';
export * from './service';
export * from './neuron';
