import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { ISlicedCapacity } from '../capacity/capacity';
import { SlicedCapacityOptions } from '../capacity/ec2/ec2-capacity-options';

/** A pool of EC2 hosts with Gaudi chips. */
export interface IGaudiCapacity extends ISlicedCapacity {
  /** The instance type of the hosts. */
  readonly instanceType: GaudiInstanceType;

  /**
   * A partition of a pool that has `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
   */
  partition(index: number): IGaudiCapacity;
}

/** Properties of `GaudiCapacity`. */
export interface GaudiCapacityProps extends SlicedCapacityOptions {
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

/** What is to be known of a Gaudi pool that another stack or app made. */
export interface GaudiCapacityAttributes {
  /** The cluster that the hosts belong to. */
  readonly cluster: ecs.ICluster;

  /** Name of the ECS capacity provider. */
  readonly capacityProviderName: string;

  /**
   * Whether the hosts may be taken away while tasks run on them, as Spot hosts are.
   *
   * @default false
   */
  readonly interruptible?: boolean;

  /**
   * The instance type of the hosts.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * Chips of each partition that hosts are divided into, in order.
   *
   * @default - a task has the whole host
   */
  readonly partitions?: number[];

  /**
   * The first of the ports of a host that stand for the chips of `partitions`. An error without them.
   *
   * @default 29200
   */
  readonly firstReservedPort?: number;

  /**
   * The most hosts.
   *
   * @default - not known: what runs on the pool isn't checked against it, and rolling updates replace tasks in place
   */
  readonly maxInstances?: number;

  /**
   * Whether the hosts have Elastic Fabric Adapter. An instance type without is an error.
   *
   * @default false
   */
  readonly efa?: boolean;

  /**
   * The subnets that tasks with a network interface of their own are placed in.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the hosts.
   *
   * @default - none: rules on hosts can't be added
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
