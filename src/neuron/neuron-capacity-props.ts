import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { NeuronRuntime } from './neuron-runtime';
import { ICapacity, ISlicedCapacity } from '../capacity/capacity';
import { Ec2CapacityAttributes } from '../capacity/ec2/ec2-capacity-attributes';
import { Ec2CapacityOptions } from '../capacity/ec2/ec2-capacity-options';
import { EfaOptions } from '../capacity/efa/efa-options';
import { EqualSlicesOptions, HostReserveOptions, PartitionOptions } from '../capacity/slices/slice-options';

/** Capacity with Neuron chips: a pool or Managed Instances. */
export interface INeuronCapacity extends ICapacity {
  /** The instance types that tasks can run on. */
  readonly instanceTypes: NeuronInstanceType[];

  /** The number of physical NeuronCores in a logical NeuronCore. Undefined if it is not set. */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/** A pool of EC2 hosts with Neuron chips. */
export interface INeuronEc2Capacity extends INeuronCapacity, ISlicedCapacity {
  /** The instance type of the hosts. */
  readonly instanceType: NeuronInstanceType;

  /** The number of NeuronCores that each task takes. Counts logical NeuronCores on instance types that have them. */
  readonly neuronCoresPerTask: number;

  /** The runtime through which containers use the Neuron chips. */
  readonly neuronRuntime: NeuronRuntime;

  /** The URI of the image of the runtime daemon. Undefined if the pool uses the public image or no daemon. */
  readonly neuronRtdImage?: string;

  /**
   * Returns a partition of a pool that has `partitions`: a capacity of its own, for services and jobs. Each call returns the same object.
   *
   * @param index the index of the partition, from 0. Must be below the number of `partitions`, so it fails on a pool without partitions.
   */
  partition(index: number): INeuronEc2Capacity;
}

/** Options of Neuron pools, both new and imported ones. */
export interface NeuronPoolOptions {
  /**
   * The number of physical NeuronCores in a logical NeuronCore, for all tasks of the pool. Can only be set for instance types with logical
   * NeuronCores, which are Trainium2 and later.
   *
   * @default - LNC_2 on Trainium2, not set on earlier types
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;

  /**
   * The runtime through which the containers of the pool use the Neuron chips. It applies to all tasks of the pool.
   *
   * `NEURON_RTD` is a legacy option and causes a warning. It can only be used with Inf1 instance types and `tasksPerInstance` 1. If
   * `machineImage` is a public image, it must be an Amazon Linux 2 image for Inferentia.
   *
   * @default NeuronRuntime.LIBNRT
   */
  readonly neuronRuntime?: NeuronRuntime;

  /**
   * The URI of the image of the runtime daemon. Can only be set with `neuronRuntime` `NEURON_RTD`.
   *
   * If the image is in a private Amazon ECR registry and the URI is known at synth, services can pull it. If the URI is not known at synth,
   * grant pull access to the execution role.
   *
   * @default - the public image `neuron-rtd:latest`, from us-west-2 for stacks there and from us-east-1 for all others. Required outside
   * the AWS partition `aws`
   */
  readonly neuronRtdImage?: string;
}

/** Properties of `NeuronCapacity`. */
export interface NeuronCapacityProps
  extends Ec2CapacityOptions, EqualSlicesOptions, PartitionOptions, HostReserveOptions, EfaOptions, NeuronPoolOptions {
  /**
   * The instance type of the hosts. A pool has a single instance type, because device paths and NeuronCores differ between types.
   *
   * A change replaces the Auto Scaling group and the capacity provider, and with them the cluster if the pool created it. In a cluster that
   * is given, the deployment fails while services use the pool: add a second pool, move the services, and then remove the first.
   */
  readonly instanceType: NeuronInstanceType;

  /**
   * The machine image of the hosts. A public image must have the ECS agent and a Neuron driver that fits the instance type. For an image
   * with the driver but without the agent, such as a Deep Learning AMI, use `NeuronMachineImage`, with which hosts install the agent. The
   * image must not have user data of its own.
   *
   * To pin the image, use `ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON, { cachedInContext: true })`, which stores its
   * ID in cdk.context.json, or `ec2.MachineImage.genericLinux`.
   *
   * On Inf1, an image of unknown origin causes a warning, because its driver must be version 2.24 or earlier.
   *
   * @default - the newest ECS-optimized Amazon Linux 2023 image for Neuron at each deployment. With `NEURON_RTD`, the newest ECS-optimized
   * Amazon Linux 2 image for Inferentia
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
   */
  readonly machineImage?: ec2.IMachineImage;
}

/** Attributes of a Neuron pool that was created in another stack or app. */
export interface NeuronCapacityAttributes
  extends Ec2CapacityAttributes, EqualSlicesOptions, PartitionOptions, HostReserveOptions, EfaOptions, NeuronPoolOptions {
  /** The instance type of the hosts. */
  readonly instanceType: NeuronInstanceType;
}
