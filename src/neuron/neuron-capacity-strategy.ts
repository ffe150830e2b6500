import { Construct } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronPartition } from './neuron-pool';
import { NeuronRuntime } from './neuron-runtime';
import { CapacityStrategy } from '../capacity/slices/capacity-strategy';
import { CapacityStrategyShare } from '../capacity/slices/capacity-strategy-share';
import { checked } from '../rules/checked';
import { enforce } from '../rules/rule';
import { checkSameInPools } from '../rules/strategy-rules';

/** A Neuron pool in a strategy. */
export interface NeuronStrategyPool extends CapacityStrategyShare {
  /**
   * The pool, or a partition of a pool. All pools of a strategy must have the same cluster, `instanceType`, slices, `efa`,
   * `logicalNeuronCoreConfig`, `neuronRuntime` and `neuronRtdImage`.
   */
  readonly capacity: INeuronEc2Capacity;
}

/** Properties of `NeuronCapacityStrategy`. */
export interface NeuronCapacityStrategyProps {
  /**
   * The pools. Must have from 2 to 20 items. If no pool has a `base` or `weight`, tasks fill the first pool, and further tasks go to the
   * others.
   */
  readonly pools: NeuronStrategyPool[];
}

/**
 * Several pools of Neuron hosts as one capacity: for example, a capacity reservation followed by Spot, or Spot next to On-Demand.
 *
 * ECS divides the tasks of each service by count: first by `base`, then by `weight`. If ECS cannot get hosts for a pool, it does not move
 * on to the next one, and the tasks assigned to that pool wait. For a reservation that falls back to On-Demand when it is full, use a
 * single pool with `PurchaseOption.capacityReservation(id, { preference: CapacityReservationPreference.FIRST })`.
 *
 * The `base` applies to each service separately. Services on the strategy and services on its pools count together against the slices of
 * each pool.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 *
 * @example
 * const instanceType = NeuronInstanceType.INF2_8_XLARGE;
 * const reserved = new NeuronCapacity(this, 'Reserved', {
 *   cluster,
 *   instanceType,
 *   maxInstances: 4,
 *   purchaseOption: PurchaseOption.capacityReservation('cr-0123456789abcdef0'),
 * });
 * const spot = new NeuronCapacity(this, 'Spot', { cluster, instanceType, maxInstances: 8, purchaseOption: PurchaseOption.spot() });
 *
 * // The first 4 tasks of a service run in the reservation, and the others run on Spot.
 * new NeuronCapacityStrategy(this, 'Reserved first', { pools: [{ capacity: reserved }, { capacity: spot }] });
 */
@checked
export class NeuronCapacityStrategy extends CapacityStrategy implements INeuronEc2Capacity {
  public readonly instanceType: NeuronInstanceType;
  public readonly instanceTypes: NeuronInstanceType[];
  public readonly neuronCoresPerTask: number;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;

  constructor(scope: Construct, id: string, props: NeuronCapacityStrategyProps) {
    super(scope, id, props.pools);
    const same = (prop: string, valueOf: (capacity: INeuronEc2Capacity) => string | undefined) =>
      checkSameInPools(
        prop,
        props.pools.map(({ capacity }) => ({ path: capacity.node.path, value: valueOf(capacity) })),
      );
    enforce(this, [
      ...same('logicalNeuronCoreConfig', (capacity) => capacity.logicalNeuronCoreConfig),
      ...same('neuronRuntime', (capacity) => capacity.neuronRuntime),
      ...same('neuronRtdImage', (capacity) => capacity.neuronRtdImage),
    ]);
    const [{ capacity: first }] = props.pools;
    this.instanceType = first.instanceType;
    this.instanceTypes = first.instanceTypes;
    this.neuronCoresPerTask = first.neuronCoresPerTask;
    this.logicalNeuronCoreConfig = first.logicalNeuronCoreConfig;
    this.neuronRuntime = first.neuronRuntime;
    this.neuronRtdImage = first.neuronRtdImage;
  }

  /**
   * Always fails, because a strategy has no partitions of its own. Pass partitions of pools to the strategy instead: `{ capacity:
   * pool.partition(0) }`.
   *
   * @param index the index of the partition
   */
  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }
}
