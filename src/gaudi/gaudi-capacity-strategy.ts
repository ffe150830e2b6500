import { Construct } from 'constructs';
import { IGaudiEc2Capacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { gaudiPartition } from './gaudi-pool';
import { CapacityStrategy } from '../capacity/slices/capacity-strategy';
import { CapacityStrategyShare } from '../capacity/slices/capacity-strategy-share';
import { checked } from '../rules/checked';

/** A Gaudi pool in a strategy. */
export interface GaudiStrategyPool extends CapacityStrategyShare {
  /**
   * The pool, or a partition of a pool. All pools of a strategy must have the same cluster, `instanceType`, partition and `efa`.
   */
  readonly capacity: IGaudiEc2Capacity;
}

/** Properties of `GaudiCapacityStrategy`. */
export interface GaudiCapacityStrategyProps {
  /**
   * The pools. Must have from 2 to 20 items. If no pool has a `base` or `weight`, tasks fill the first pool, and further tasks go to the
   * others.
   */
  readonly pools: GaudiStrategyPool[];
}

/**
 * Several pools of Gaudi hosts as one capacity: for example, a capacity reservation followed by Spot.
 *
 * ECS divides the tasks of each service by count: first by `base`, then by `weight`. If ECS cannot get hosts for a pool, it does not move
 * on to the next one, and the tasks assigned to that pool wait. The `base` applies to each service separately.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 *
 * @example
 * const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
 * const onDemand = new GaudiCapacity(this, 'OnDemand', { cluster, machineImage, maxInstances: 2 });
 * const spot = new GaudiCapacity(this, 'Spot', { cluster, machineImage, purchaseOption: PurchaseOption.spot() });
 * for (const pool of [onDemand, spot]) {
 *   Validations.of(pool).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'everything is of release 1.21' });
 * }
 *
 * new GaudiCapacityStrategy(this, 'OnDemandFirst', { pools: [{ capacity: onDemand }, { capacity: spot }] });
 */
@checked
export class GaudiCapacityStrategy extends CapacityStrategy implements IGaudiEc2Capacity {
  public readonly instanceType: GaudiInstanceType;
  public readonly instanceTypes: GaudiInstanceType[];

  constructor(scope: Construct, id: string, props: GaudiCapacityStrategyProps) {
    super(scope, id, props.pools);
    const [{ capacity: first }] = props.pools;
    this.instanceType = first.instanceType;
    this.instanceTypes = first.instanceTypes;
  }

  /**
   * Always fails, because a strategy has no partitions of its own. Pass partitions of pools to the strategy instead: `{ capacity:
   * pool.partition(0) }`.
   *
   * @param index the index of the partition
   */
  public partition(index: number): IGaudiEc2Capacity {
    return gaudiPartition(this, index);
  }
}
