import { Construct, IMixin } from 'constructs';
import { IGaudiEc2Capacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { gaudiPoolMixins } from './gaudi-pool-mixins';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { partitionOf } from '../capacity/slices/partition';
import { SlicedFacts } from '../capacity/slices/sliced-facts';
import { SlicedView } from '../capacity/slices/sliced-view';

/** A Gaudi pool that creates no hosts: an imported pool or a partition. */
export class GaudiPoolView extends SlicedView implements IGaudiEc2Capacity {
  public readonly instanceTypes: GaudiInstanceType[];

  constructor(
    scope: Construct,
    id: string,
    facts: SlicedFacts,
    public readonly instanceType: GaudiInstanceType,
  ) {
    super(scope, id, facts);
    this.instanceTypes = [instanceType];
  }

  public partition(index: number): IGaudiEc2Capacity {
    return gaudiPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return gaudiPoolMixins(this, options);
  }
}

/** Returns a partition of a pool, the same object each time. Fails if the pool has no partition with this index. */
export function gaudiPartition(pool: IGaudiEc2Capacity & Construct, index: number): IGaudiEc2Capacity {
  return partitionOf(pool, index, (id, facts) => new GaudiPoolView(pool, id, facts, pool.instanceType));
}
