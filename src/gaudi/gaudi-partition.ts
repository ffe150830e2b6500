import { IMixin } from 'constructs';
import { IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { gaudiPoolMixins } from './gaudi-pool-mixins';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { partitionOf, PoolPartition } from '../capacity/slices/partition';

/** A partition of a pool, the same object each time. An index that the pool doesn't have is an error. */
export function gaudiPartition(pool: IGaudiCapacity, index: number): IGaudiCapacity {
  return partitionOf(pool, index, (id, slice) => new GaudiPartition(pool, id, slice));
}

class GaudiPartition extends PoolPartition implements IGaudiCapacity {
  public readonly instanceType: GaudiInstanceType;

  constructor(pool: IGaudiCapacity, id: string, slice: CapacitySlice) {
    super(pool, id, slice);
    this.instanceType = pool.instanceType;
  }

  public partition(index: number): IGaudiCapacity {
    return gaudiPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return gaudiPoolMixins(this, options);
  }
}
