import { Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SlicedFacts } from './sliced-facts';
import { checkPartitionExists } from '../../rules/partition-rules';
import { enforce } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice, ISlicedCapacity } from '../capacity';

/** The first reserved port by default: below the ephemeral ports, and far from where servers usually listen. */
export const FIRST_RESERVED_PORT = 29200;

/**
 * What a task of each partition gets of a host: the next chips in order, their ports, and their share of the whole host.
 *
 * Shares are rounded down, so that all partitions of a host fit at once.
 */
export function partitionSlicesOf(
  type: AcceleratedInstanceType,
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
 * What is known of a partition of a pool. Its tasks share hosts with those of other partitions, so it does not have the pool's network mode.
 */
function partitionFacts(pool: ISlicedCapacity, slice: CapacitySlice): SlicedFacts {
  return {
    cluster: pool.cluster,
    capacityProviderStrategies: pool.capacityProviderStrategies,
    placementConstraints: pool.placementConstraints,
    interruptible: pool.interruptible,
    _hostType: pool._hostType,
    tasksPerInstance: 1,
    slice,
    maxInstances: pool.maxInstances,
    efaInterfaces: pool.efaInterfaces,
    vpcSubnets: pool.vpcSubnets,
    connections: pool.connections,
  };
}

/**
 * A partition of a pool, the same object each time. `make` makes it under the pool when it is first asked for: at most one task on each host,
 * with chips of its own.
 */
export function partitionOf<T extends Construct>(pool: ISlicedCapacity, index: number, make: (id: string, facts: SlicedFacts) => T): T {
  enforce(pool, checkPartitionExists(pool, index));
  const id = `Partition${index}`;
  const slices = pool.partitionSlices ?? [];
  return (pool.node.tryFindChild(id) as T | undefined) ?? make(id, partitionFacts(pool, slices[index]));
}
