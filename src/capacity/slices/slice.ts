import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { HostReserveOptions } from './slice-options';
import { CapacitySlice } from '../capacity';

/** What the slices of a host divide among them: the size that a host is certain to have, less what it keeps for other tasks. */
export function dividedSize(type: AcceleratedInstanceType, reserve: HostReserveOptions): { cpuUnits: number; memory: number } {
  const { reservedCpu = 0, reservedMemory } = reserve;
  return { cpuUnits: type.cpuUnits - reservedCpu, memory: type.registeredMemory.toMebibytes() - (reservedMemory?.toMebibytes() ?? 0) };
}

/**
 * The share of a host that each of `tasksPerInstance` tasks takes.
 *
 * Shares are rounded down, so that all tasks fit. Rounding leaves less than a slice over, so that one more task never fits.
 */
export function sliceOf(type: AcceleratedInstanceType, tasksPerInstance: number, reserve: HostReserveOptions = {}): CapacitySlice {
  const { cpuUnits, memory } = dividedSize(type, reserve);
  return {
    cpuUnits: Math.floor(cpuUnits / tasksPerInstance),
    memory: Size.mebibytes(Math.floor(memory / tasksPerInstance)),
  };
}
