import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { NeuronRuntime } from './neuron-runtime';
import { ICapacity, ISlicedCapacity } from '../capacity/capacity';
import { Ec2CapacityAttributes } from '../capacity/ec2/ec2-capacity-attributes';
import { Ec2CapacityOptions } from '../capacity/ec2/ec2-capacity-options';
import { EfaOptions } from '../capacity/efa/efa-options';
import { EqualSlicesOptions, PartitionOptions } from '../capacity/slices/slice-options';

/** Capacity with Neuron chips: a pool, or Managed Instances. */
export interface INeuronCapacity extends ICapacity {
  /** The instance types that a task may run on. */
  readonly instanceTypes: NeuronInstanceType[];

  /** How many physical NeuronCores make a logical one, where the instance type has logical ones. */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/** A pool of EC2 hosts with Neuron chips. */
export interface INeuronEc2Capacity extends INeuronCapacity, ISlicedCapacity {
  /** The instance type of the hosts. */
  readonly instanceType: NeuronInstanceType;

  /** NeuronCores that each task takes: logical ones where the instance type has such. */
  readonly neuronCoresPerTask: number;

  /** What the containers of the pool speak to the chips with. */
  readonly neuronRuntime: NeuronRuntime;

  /** Address of the image of the runtime daemon, where the pool has one of its own. */
  readonly neuronRtdImage?: string;

  /**
   * A partition of a pool that has `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
   */
  partition(index: number): INeuronEc2Capacity;
}

/** Options of Neuron pools, made here or imported. */
export interface NeuronPoolOptions {
  /**
   * How many physical NeuronCores make a logical one, for all tasks of the pool. An error for types without logical NeuronCores.
   *
   * @default - LNC_2 on Trainium2, not set on types before
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  /**
   * What the containers of the pool speak to the chips with, one for all of its tasks. NEURON_RTD is a legacy option and a warning; with
   * types other than Inf1, with an image known to be other than Amazon Linux 2 for Inferentia, or with `tasksPerInstance` above 1 it is an
   * error.
   *
   * @default NeuronRuntime.LIBNRT
   */
  readonly neuronRuntime?: NeuronRuntime;

  /**
   * Address of the image of the runtime daemon. A service may pull it from a private Amazon ECR registry if the address is known at synth; for
   * one that isn't, grant it to the execution role. An error without NEURON_RTD.
   *
   * @default - the public image `neuron-rtd:latest` in us-west-2 for stacks there, else in us-east-1; an error in other partitions
   */
  readonly neuronRtdImage?: string;
}

/** Properties of `NeuronCapacity`. */
export interface NeuronCapacityProps extends Ec2CapacityOptions, EqualSlicesOptions, PartitionOptions, EfaOptions, NeuronPoolOptions {
  /**
   * The one instance type of the pool: device paths and cores fit one type only.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * The image that the hosts start from. Public images without a Neuron driver that fits the instance type are an error.
   *
   * Pin it with `ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON, { cachedInContext: true })`, which keeps its id in
   * cdk.context.json, or with `ec2.MachineImage.genericLinux`.
   *
   * On Inf1 an image of unknown origin is a warning: its driver must be one of at most 2.24.
   *
   * @default - the ECS-optimized Amazon Linux 2023 image for Neuron, the newest at each deployment; with NEURON_RTD the Amazon Linux 2 one for
   * Inferentia
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
   */
  readonly machineImage?: ec2.IMachineImage;
}

/** Attributes of a Neuron pool that is imported from another stack or app. */
export interface NeuronCapacityAttributes
  extends Ec2CapacityAttributes, EqualSlicesOptions, PartitionOptions, EfaOptions, NeuronPoolOptions {
  /** The instance type of the hosts. */
  readonly instanceType: NeuronInstanceType;
}
