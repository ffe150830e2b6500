import { IMixin } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronEfaAffinity } from './neuron-efa-affinity';
import { NeuronRuntime } from './neuron-runtime';
import { TaskDefinitionNeuronDevices } from './task-definition-neuron-devices';
import { TaskDefinitionNeuronRtd } from './task-definition-neuron-rtd';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { TaskDefinitionEfa } from '../capacity/efa/task-definition-efa';
import { TaskDefinitionSlice } from '../capacity/slices/task-definition-slice';

/** The mixins that make a task definition run on a Neuron pool or a partition of it. */
export function neuronPoolMixins(capacity: INeuronEc2Capacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceType, efaInterfaces } = capacity;
  const { containerName, sharedMemorySize } = options;
  return [
    ...acceleratorMixins(capacity, options),
    ...(efaInterfaces ? [new TaskDefinitionEfa({ instanceType, containerName })] : []),
    // The slice comes last, so that it sees what a sidecar takes from it.
    new TaskDefinitionSlice({ containerName, sharedMemorySize, capacity }),
  ];
}

function acceleratorMixins(capacity: INeuronEc2Capacity, { containerName }: TaskDefinitionMixinsOptions): IMixin[] {
  const { instanceType, neuronCoresPerTask, logicalNeuronCoreConfig, slice, efaInterfaces } = capacity;
  if (capacity.neuronRuntime === NeuronRuntime.NEURON_RTD) {
    const rtd = TaskDefinitionNeuronRtd._forPool({
      instanceType,
      devices: slice.chips,
      image: capacity.neuronRtdImage,
      containerName,
    });
    return [rtd];
  }
  const mapped = new TaskDefinitionNeuronDevices({
    instanceType,
    devices: slice.chips,
    // A task with fixed chips needs no core count: all its processes can share all cores of the chips.
    neuronCores: slice.chips ? undefined : neuronCoresPerTask,
    logicalNeuronCoreConfig,
    containerName,
  });
  return efaInterfaces ? [mapped] : [mapped, new NeuronEfaAffinity(containerName)];
}
