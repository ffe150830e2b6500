import { Construct, IMixin } from 'constructs';
import { INeuronEc2Capacity, NeuronPoolOptions } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronPoolMixins } from './neuron-pool-mixins';
import { NeuronRuntime } from './neuron-runtime';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { partitionOf } from '../capacity/slices/partition';
import { EqualSlicesOptions } from '../capacity/slices/slice-options';
import { SlicedFacts } from '../capacity/slices/sliced-facts';
import { SlicedView } from '../capacity/slices/sliced-view';

/** The attributes that a Neuron pool has in addition to those of every sliced pool. */
export type NeuronFacts = Pick<
  INeuronEc2Capacity,
  'instanceType' | 'neuronCoresPerTask' | 'logicalNeuronCoreConfig' | 'neuronRuntime' | 'neuronRtdImage'
>;

/** The attributes of a pool, from its props. */
export function neuronFacts(props: EqualSlicesOptions & NeuronPoolOptions & { readonly instanceType: NeuronInstanceType }): NeuronFacts {
  const { instanceType, tasksPerInstance = 1, logicalNeuronCoreConfig, neuronRuntime = NeuronRuntime.LIBNRT, neuronRtdImage } = props;
  return {
    instanceType,
    neuronCoresPerTask: instanceType.logicalNeuronCores(logicalNeuronCoreConfig) / tasksPerInstance,
    // With logical cores, a core count means nothing without this config, so it is always set and never left to the runtime.
    logicalNeuronCoreConfig: instanceType.hasLogicalNeuronCores ? (logicalNeuronCoreConfig ?? LogicalNeuronCoreConfig.LNC_2) : undefined,
    neuronRuntime,
    neuronRtdImage,
  };
}

/** A Neuron pool that creates no hosts: an imported pool or a partition. */
export class NeuronPoolView extends SlicedView implements INeuronEc2Capacity {
  public readonly instanceType: NeuronInstanceType;
  public readonly instanceTypes: NeuronInstanceType[];
  public readonly neuronCoresPerTask: number;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;

  constructor(scope: Construct, id: string, facts: SlicedFacts, neuron: NeuronFacts) {
    super(scope, id, facts);
    this.instanceType = neuron.instanceType;
    this.instanceTypes = [neuron.instanceType];
    this.neuronCoresPerTask = neuron.neuronCoresPerTask;
    this.logicalNeuronCoreConfig = neuron.logicalNeuronCoreConfig;
    this.neuronRuntime = neuron.neuronRuntime;
    this.neuronRtdImage = neuron.neuronRtdImage;
  }

  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return neuronPoolMixins(this, options);
  }
}

/** Returns a partition of a pool, the same object each time. Fails if the pool has no partition with this index. */
export function neuronPartition(pool: INeuronEc2Capacity & Construct, index: number): INeuronEc2Capacity {
  const { instanceType, neuronCoresPerTask } = pool;
  return partitionOf(pool, index, (id, facts) => {
    const share = (facts.slice.chips ?? []).length / instanceType.chips;
    return new NeuronPoolView(pool, id, facts, { ...neuronFactsOf(pool), neuronCoresPerTask: neuronCoresPerTask * share });
  });
}

function neuronFactsOf(pool: INeuronEc2Capacity): NeuronFacts {
  const { instanceType, neuronCoresPerTask, logicalNeuronCoreConfig, neuronRuntime, neuronRtdImage } = pool;
  return { instanceType, neuronCoresPerTask, logicalNeuronCoreConfig, neuronRuntime, neuronRtdImage };
}
