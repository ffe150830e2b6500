import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checkPartitionExists } from '../../rules/partition-rules';
import { enforce } from '../../rules/rule';
import { CapacitySlice, ISlicedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { PoolInstanceType } from '../pool-instance-type';

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
export function partitionOf<T extends Construct>(pool: ISlicedCapacity, index: number, make: (id: string, slice: CapacitySlice) => T): T {
  enforce(pool, checkPartitionExists(pool, index));
  const id = `Partition${index}`;
  return (pool.node.tryFindChild(id) as T | undefined) ?? make(id, pool.partitionSlices![index]);
}

/**
 * A pool as the tasks of one partition see it: at most one task a host, with chips of its own. Each family adds what is its own.
 *
 * The network mode that the pool has by default isn't that of its partitions, whose tasks share a host.
 */
export abstract class PoolPartition extends Construct implements ISlicedCapacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility: ecs.Compatibility;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly poolInstanceType: PoolInstanceType;
  public readonly tasksPerInstance = 1;
  public readonly maxInstances?: number;
  public readonly efaInterfaces?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly connections: ec2.Connections;

  protected constructor(
    pool: ISlicedCapacity,
    id: string,
    public readonly slice: CapacitySlice,
  ) {
    super(pool as ISlicedCapacity & Construct, id);
    this.cluster = pool.cluster;
    this.compatibility = pool.compatibility;
    this.capacityProviderStrategies = pool.capacityProviderStrategies;
    this.placementConstraints = pool.placementConstraints;
    this.interruptible = pool.interruptible;
    this.poolInstanceType = pool.poolInstanceType;
    this.maxInstances = pool.maxInstances;
    this.efaInterfaces = pool.efaInterfaces;
    this.vpcSubnets = pool.vpcSubnets;
    this.connections = pool.connections;
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];
}
