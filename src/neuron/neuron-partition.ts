import { IMixin } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronPoolMixins } from './neuron-pool-mixins';
import { NeuronRuntime } from './neuron-runtime';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { partitionOf, PoolPartition } from '../capacity/slices/partition';

/** A partition of a pool, the same object each time. An index that the pool doesn't have is an error. */
export function neuronPartition(pool: INeuronEc2Capacity, index: number): INeuronEc2Capacity {
  return partitionOf(pool, index, (id, slice) => new NeuronPartition(pool, id, slice));
}

class NeuronPartition extends PoolPartition implements INeuronEc2Capacity {
  public readonly instanceType: NeuronInstanceType;
  public readonly neuronInstanceTypes: NeuronInstanceType[];
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronCoresPerTask: number;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;

  constructor(pool: INeuronEc2Capacity, id: string, slice: CapacitySlice) {
    super(pool, id, slice);
    this.instanceType = pool.instanceType;
    this.neuronInstanceTypes = pool.neuronInstanceTypes;
    this.logicalNeuronCoreConfig = pool.logicalNeuronCoreConfig;
    this.neuronCoresPerTask = (pool.neuronCoresPerTask * slice.chips!.length) / pool.instanceType.chips;
    this.neuronRuntime = pool.neuronRuntime;
    this.neuronRtdImage = pool.neuronRtdImage;
  }

  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return neuronPoolMixins(this, options);
  }
}
