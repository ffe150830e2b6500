import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice } from '../capacity';

/**
 * The share of a host that each of `tasksPerInstance` tasks takes.
 *
 * Shares are rounded down, so that all tasks fit. Rounding leaves less than a slice over, so that one more task never fits.
 */
export function sliceOf(type: AcceleratedInstanceType, tasksPerInstance: number): CapacitySlice {
  return {
    cpuUnits: Math.floor(type.cpuUnits / tasksPerInstance),
    memory: Size.mebibytes(Math.floor(type.registeredMemory.toMebibytes() / tasksPerInstance)),
  };
}
