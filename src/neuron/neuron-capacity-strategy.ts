import { Construct } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronPartition } from './neuron-pool';
import { NeuronRuntime } from './neuron-runtime';
import { CapacityStrategy } from '../capacity/slices/capacity-strategy';
import { CapacityStrategyShare } from '../capacity/slices/capacity-strategy-share';
import { enforce } from '../rules/rule';
import { checkSameInPools } from '../rules/strategy-rules';

/** A Neuron pool in a strategy. */
export interface NeuronStrategyPool extends CapacityStrategyShare {
  /**
   * The pool, or a partition of one. All have the same cluster, `instanceType`, slices, `efa`, `logicalNeuronCoreConfig` and
   * `neuronRuntime`, else it is an error.
   */
  readonly capacity: INeuronEc2Capacity;
}

/** Properties of `NeuronCapacityStrategy`. */
export interface NeuronCapacityStrategyProps {
  /**
   * The pools, 2 to 20. Without any `base` and `weight`, tasks fill the first one, and what is more goes to the others.
   */
  readonly pools: NeuronStrategyPool[];
}

/**
 * Several pools of Neuron hosts as one capacity, for example a capacity reservation and then Spot, or Spot beside On-Demand.
 *
 * ECS divides the tasks of each service by count: first the `base`, the rest by `weight`. It doesn't move on to the next pool when hosts of one
 * can't be bought: tasks that are counted to it wait. For a reservation that falls back to On-Demand when it is full, give one pool
 * `PurchaseOption.capacityReservation(id, { preference: CapacityReservationPreference.FIRST })`.
 *
 * The base counts for each service by itself. What services on the strategy, and on the pools themselves, need of a pool together is checked
 * against what it holds.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 *
 * @example
 * const instanceType = NeuronInstanceType.INF2_8XLARGE;
 * const reserved = new NeuronCapacity(this, 'Reserved', {
 *   cluster,
 *   instanceType,
 *   maxInstances: 4,
 *   purchaseOption: PurchaseOption.capacityReservation('cr-0123456789abcdef0'),
 * });
 * const spot = new NeuronCapacity(this, 'Spot', { cluster, instanceType, maxInstances: 8, purchaseOption: PurchaseOption.spot() });
 *
 * // The first 4 tasks of a service run in the reservation, the others on Spot.
 * new NeuronCapacityStrategy(this, 'Reserved first', { pools: [{ capacity: reserved }, { capacity: spot }] });
 */
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
   * An error: a strategy has no partitions of its own. Give it the partitions of its pools, `{ capacity: pool.partition(0) }`.
   *
   * @param index which one
   */
  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }
}
