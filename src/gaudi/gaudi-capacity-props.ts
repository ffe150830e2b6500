import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { ICapacity, IManagedCapacity, ISlicedCapacity } from '../capacity/capacity';
import { Ec2CapacityAttributes } from '../capacity/ec2/ec2-capacity-attributes';
import { Ec2CapacityOptions } from '../capacity/ec2/ec2-capacity-options';
import { EfaOptions } from '../capacity/efa/efa-options';
import { HostReserveOptions, PartitionOptions } from '../capacity/slices/slice-options';

/** Capacity with Gaudi chips: a pool or Managed Instances. */
export interface IGaudiCapacity extends ICapacity {
  /** The instance types that tasks can run on. */
  readonly instanceTypes: GaudiInstanceType[];
}

/** A pool of EC2 hosts with Gaudi chips. */
export interface IGaudiEc2Capacity extends IGaudiCapacity, ISlicedCapacity {
  /** The instance type of the hosts. */
  readonly instanceType: GaudiInstanceType;

  /**
   * Returns a partition of a pool that has `partitions`: a capacity of its own, for services and jobs. Each call returns the same object.
   *
   * @param index the index of the partition, from 0. Must be below the number of `partitions`, so it fails on a pool without partitions.
   */
  partition(index: number): IGaudiEc2Capacity;
}

/** Managed Instances with Gaudi chips. */
export interface IGaudiManagedCapacity extends IGaudiCapacity, IManagedCapacity {}

/** Properties of `GaudiCapacity`. */
export interface GaudiCapacityProps extends Ec2CapacityOptions, PartitionOptions, HostReserveOptions, EfaOptions {
  /**
   * The instance type of the hosts. A pool has a single instance type.
   *
   * A change replaces the Auto Scaling group and the capacity provider, and with them the cluster if the pool created it. In a cluster that
   * is given, the deployment fails while services use the pool: add a second pool, move the services, and then remove the first.
   *
   * @default GaudiInstanceType.DL1_24_XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * The machine image of the hosts, created with one of the three methods of `GaudiMachineImage`. A public image must have a Gaudi driver
   * and the ECS agent. For an Ubuntu image, set `rootDeviceName` to `/dev/sda1`.
   *
   * @default - none. Required; omitting it fails with a message that lists the three options
   */
  readonly machineImage?: GaudiMachineImage;
}

/** Attributes of a Gaudi pool that was created in another stack or app. */
export interface GaudiCapacityAttributes extends Ec2CapacityAttributes, PartitionOptions, HostReserveOptions, EfaOptions {
  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24_XLARGE
   */
  readonly instanceType?: GaudiInstanceType;
}
