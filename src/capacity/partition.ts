import { Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CapacitySlice, IEc2Capacity } from './capacity';
import { PoolInstanceType } from './pool-instance-type';
import { checkPartitionExists } from '../rules/partition-rules';
import { enforce } from '../rules/rule';

/** The first reserved port by default: below the ephemeral ports, and far from where servers usually listen. */
export const FIRST_RESERVED_PORT = 29200;

/**
 * What a task of each partition gets of a host: the next chips in order, their ports, and their share of the whole host.
 *
 * Shares are rounded down, so that all partitions of a host fit at once.
 */
export function partitionSlicesOf(
  type: PoolInstanceType,
  partitions: number[],
  firstReservedPort: number = FIRST_RESERVED_PORT,
): CapacitySlice[] {
  let next = 0;
  return partitions.map((count) => {
    const chips = Array.from({ length: count }, (_, i) => next + i);
    next += count;
    return {
      cpuUnits: Math.floor((type.cpuUnits * count) / type.chips),
      memory: Size.mebibytes(Math.floor((type.registeredMemory.toMebibytes() * count) / type.chips)),
      chips,
      hostPorts: chips.map((chip) => firstReservedPort + chip),
    };
  });
}

/**
 * A partition of a pool, the same object each time: made under the pool by `make` when it is first asked for.
 */
export function partitionOf<T extends Construct>(pool: IEc2Capacity, index: number, make: (id: string, slice: CapacitySlice) => T): T {
  enforce(pool, checkPartitionExists(pool, index));
  const id = `Partition${index}`;
  return (pool.node.tryFindChild(id) as T | undefined) ?? make(id, pool.partitionSlices![index]);
}
