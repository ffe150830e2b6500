import { IMixin } from 'constructs';
import { IGaudiEc2Capacity } from './gaudi-capacity-props';
import { TaskDefinitionGaudiDevices } from './task-definition-gaudi-devices';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { TaskDefinitionEfa } from '../capacity/efa/task-definition-efa';
import { TaskDefinitionSlice } from '../capacity/slices/task-definition-slice';

/** The mixins that make a task definition run on a Gaudi pool or a partition of it. */
export function gaudiPoolMixins(capacity: IGaudiEc2Capacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceType, slice, efaInterfaces } = capacity;
  const { containerName, sharedMemorySize } = options;
  return [
    new TaskDefinitionGaudiDevices({ instanceType, devices: slice.chips, containerName }),
    ...(efaInterfaces ? [new TaskDefinitionEfa({ instanceType, containerName })] : []),
    new TaskDefinitionSlice({ containerName, sharedMemorySize, capacity }),
  ];
}
