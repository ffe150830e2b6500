import { Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { dividedSize } from './slice';
import { HostReserveOptions } from './slice-options';
import { SlicedFacts } from './sliced-facts';
import { checkPartitionExists } from '../../rules/partition-rules';
import { enforce } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { CapacitySlice, ISlicedCapacity } from '../capacity';

/** The default of the first reserved port. It is below the ephemeral ports, and far from the ports that servers usually use. */
export const FIRST_RESERVED_PORT = 29200;

/**
 * The share of a host that a task of each partition takes: the next chips in order, their ports, and their share of cpu and memory.
 *
 * Shares are rounded down, so that all partitions fit on a host at the same time.
 */
export function partitionSlicesOf(
  type: AcceleratedInstanceType,
  partitions: number[],
  firstReservedPort: number = FIRST_RESERVED_PORT,
  reserve: HostReserveOptions = {},
): CapacitySlice[] {
  const { cpuUnits, memory } = dividedSize(type, reserve);
  let next = 0;
  return partitions.map((count) => {
    const chips = Array.from({ length: count }, (_, i) => next + i);
    next += count;
    return {
      cpuUnits: Math.floor((cpuUnits * count) / type.chips),
      memory: Size.mebibytes(Math.floor((memory * count) / type.chips)),
      chips,
      hostPorts: chips.map((chip) => firstReservedPort + chip),
    };
  });
}

/**
 * The facts about a partition of a pool. Its tasks share hosts with tasks of other partitions, so it does not have the network mode of the
 * pool.
 */
function partitionFacts(pool: ISlicedCapacity, slice: CapacitySlice): SlicedFacts {
  return {
    cluster: pool.cluster,
    capacityProviderStrategies: pool.capacityProviderStrategies,
    placementConstraints: pool.placementConstraints,
    interruptible: pool.interruptible,
    _hostType: pool._hostType,
    _hostTimes: pool._hostTimes,
    tasksPerInstance: 1,
    slice,
    maxInstances: pool.maxInstances,
    efaInterfaces: pool.efaInterfaces,
    vpcSubnets: pool.vpcSubnets,
    connections: pool.connections,
  };
}

/**
 * Returns a partition of a pool, which runs at most one task on each host, on its own chips. The first call creates it under the pool with
 * `make`. Later calls return the same object.
 */
export function partitionOf<T extends Construct>(pool: ISlicedCapacity, index: number, make: (id: string, facts: SlicedFacts) => T): T {
  enforce(pool, checkPartitionExists(pool, index));
  const id = `Partition${index}`;
  const slices = pool.partitionSlices ?? [];
  return (pool.node.tryFindChild(id) as T | undefined) ?? make(id, partitionFacts(pool, slices[index]));
}
