import { IMixin } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronRuntime } from './neuron-runtime';
import { TaskDefinitionNeuronDevices } from './task-definition-neuron-devices';
import { TaskDefinitionNeuronRtd } from './task-definition-neuron-rtd';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { TaskDefinitionEfa } from '../capacity/efa/task-definition-efa';
import { TaskDefinitionSlice } from '../capacity/slices/task-definition-slice';

/** What makes a task definition run on a pool with Neuron chips, or on a partition of one. */
export function neuronPoolMixins(capacity: INeuronEc2Capacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceType, efaInterfaces } = capacity;
  const { containerName, sharedMemorySize } = options;
  return [
    acceleratorMixin(capacity, options),
    ...(efaInterfaces ? [new TaskDefinitionEfa({ instanceType, containerName })] : []),
    // The slice comes last, so that it sees what a sidecar takes of it.
    new TaskDefinitionSlice({ containerName, sharedMemorySize, capacity }),
  ];
}

function acceleratorMixin(capacity: INeuronEc2Capacity, { containerName }: TaskDefinitionMixinsOptions): IMixin {
  const { instanceType, neuronCoresPerTask, logicalNeuronCoreConfig, slice } = capacity;
  if (capacity.neuronRuntime === NeuronRuntime.NEURON_RTD) {
    return TaskDefinitionNeuronRtd._forPool({
      instanceType,
      devices: slice.chips,
      image: capacity.neuronRtdImage,
      containerName,
    });
  }
  return new TaskDefinitionNeuronDevices({
    instanceType,
    devices: slice.chips,
    // Chips of its own name the cores by themselves, so that all processes of the task can share them.
    neuronCores: slice.chips ? undefined : neuronCoresPerTask,
    logicalNeuronCoreConfig,
    containerName,
  });
}
