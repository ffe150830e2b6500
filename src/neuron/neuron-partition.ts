import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { INeuronEc2Capacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { neuronPoolMixins } from './neuron-pool-mixins';
import { NeuronRuntime } from './neuron-runtime';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { partitionOf } from '../capacity/partition';
import { PoolInstanceType } from '../capacity/pool-instance-type';

/** A partition of a pool, the same object each time. An index that the pool doesn't have is an error. */
export function neuronPartition(pool: INeuronEc2Capacity, index: number): INeuronEc2Capacity {
  return partitionOf(pool, index, (id, slice) => new NeuronPartition(pool, id, slice));
}

/** The pool as the tasks of one partition see it: at most one task a host, with chips of its own. */
class NeuronPartition extends Construct implements INeuronEc2Capacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility: ecs.Compatibility;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly instanceType: NeuronInstanceType;
  public readonly poolInstanceType: PoolInstanceType;
  public readonly neuronInstanceTypes: NeuronInstanceType[];
  public readonly tasksPerInstance = 1;
  public readonly maxInstances?: number;
  public readonly efaInterfaces?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
  public readonly neuronCoresPerTask: number;
  public readonly neuronRuntime: NeuronRuntime;
  public readonly neuronRtdImage?: string;
  public readonly connections: ec2.Connections;

  constructor(
    pool: INeuronEc2Capacity,
    id: string,
    public readonly slice: CapacitySlice,
  ) {
    super(pool as INeuronEc2Capacity & Construct, id);
    this.cluster = pool.cluster;
    this.compatibility = pool.compatibility;
    this.capacityProviderStrategies = pool.capacityProviderStrategies;
    this.placementConstraints = pool.placementConstraints;
    this.interruptible = pool.interruptible;
    this.instanceType = pool.instanceType;
    this.poolInstanceType = pool.poolInstanceType;
    this.neuronInstanceTypes = pool.neuronInstanceTypes;
    this.maxInstances = pool.maxInstances;
    this.efaInterfaces = pool.efaInterfaces;
    this.vpcSubnets = pool.vpcSubnets;
    this.logicalNeuronCoreConfig = pool.logicalNeuronCoreConfig;
    this.neuronCoresPerTask = (pool.neuronCoresPerTask * slice.chips!.length) / pool.instanceType.chips;
    this.neuronRuntime = pool.neuronRuntime;
    this.neuronRtdImage = pool.neuronRtdImage;
    this.connections = pool.connections;
  }

  public partition(index: number): INeuronEc2Capacity {
    return neuronPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return neuronPoolMixins(this, options);
  }
}
