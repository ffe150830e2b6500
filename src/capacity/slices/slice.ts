import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice } from '../capacity';

/**
 * The share of a host that each of `tasksPerInstance` tasks takes.
 *
 * Rounded down, so that all of them fit; and since what rounding leaves over is always less than a slice, one more never does.
 */
export function sliceOf(type: AcceleratedInstanceType, tasksPerInstance: number): CapacitySlice {
  return {
    cpuUnits: Math.floor(type.cpuUnits / tasksPerInstance),
    memory: Size.mebibytes(Math.floor(type.registeredMemory.toMebibytes() / tasksPerInstance)),
  };
}
