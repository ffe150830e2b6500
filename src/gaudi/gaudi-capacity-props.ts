import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { ICapacity, IManagedCapacity, ISlicedCapacity } from '../capacity/capacity';
import { Ec2CapacityAttributes } from '../capacity/ec2/ec2-capacity-attributes';
import { Ec2CapacityOptions } from '../capacity/ec2/ec2-capacity-options';
import { EfaOptions } from '../capacity/efa/efa-options';
import { PartitionOptions } from '../capacity/slices/slice-options';

/** Capacity with Gaudi chips: a pool, or Managed Instances. */
export interface IGaudiCapacity extends ICapacity {
  /** The instance types that a task may run on. */
  readonly instanceTypes: GaudiInstanceType[];
}

/** A pool of EC2 hosts with Gaudi chips. */
export interface IGaudiEc2Capacity extends IGaudiCapacity, ISlicedCapacity {
  /** The instance type of the hosts. */
  readonly instanceType: GaudiInstanceType;

  /**
   * A partition of a pool that has `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
   */
  partition(index: number): IGaudiEc2Capacity;
}

/** Gaudi hosts that Amazon ECS manages. */
export interface IGaudiManagedCapacity extends IGaudiCapacity, IManagedCapacity {}

/** Properties of `GaudiCapacity`. */
export interface GaudiCapacityProps extends Ec2CapacityOptions, PartitionOptions, EfaOptions {
  /**
   * The one instance type of the pool.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * The image that the hosts start from, in one of the three ways of `GaudiMachineImage`. Images of Ubuntu need `rootDeviceName`
   * `/dev/sda1`. Public images without a Gaudi driver are an error.
   *
   * @default - none: leaving it out is an error that explains the three ways
   */
  readonly machineImage?: GaudiMachineImage;
}

/** Attributes of a Gaudi pool that is imported from another stack or app. */
export interface GaudiCapacityAttributes extends Ec2CapacityAttributes, PartitionOptions, EfaOptions {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}
