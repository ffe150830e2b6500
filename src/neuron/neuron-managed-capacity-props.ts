import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { IManagedCapacity } from '../capacity/capacity';
import { ManagedCapacityOptions } from '../capacity/managed/managed-capacity-options';

/**
 * How tasks on Managed Instances get Neuron devices. One way for all tasks of a capacity: ECS would count the devices of some tasks on a
 * host, and not those of others.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 */
export enum NeuronDeviceAllocation {
  /** ECS hands out all devices of a host to one task, and counts them. */
  MANAGED = 'MANAGED',
  /** All device paths of the one instance type are mapped; cpu units keep other such tasks off the host. */
  MANUAL = 'MANUAL',
}

/** Neuron hosts that Amazon ECS manages. */
export interface INeuronManagedCapacity extends INeuronCapacity, IManagedCapacity {
  /** How tasks get the devices. */
  readonly deviceAllocation: NeuronDeviceAllocation;
}

/** Properties of `NeuronManagedCapacity`. */
export interface NeuronManagedCapacityProps extends ManagedCapacityOptions {
  /**
   * The instance types that ECS may start, from 1 to 30, else it is an error. It takes the cheapest that a task fits on. Inf1 is an error, and
   * types that the public pages disagree about, as Trainium2, are a warning.
   */
  readonly instanceTypes: NeuronInstanceType[];

  /**
   * How tasks get the devices. MANUAL with more than one instance type is an error.
   *
   * @default NeuronDeviceAllocation.MANAGED
   */
  readonly deviceAllocation?: NeuronDeviceAllocation;

  /**
   * How many physical NeuronCores make a logical one, for all tasks of the capacity. An error where an instance type has no logical cores.
   *
   * @default - not set: the runtime's own default
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/** What is to be known of a Managed Instances capacity that another stack or app made. */
export interface NeuronManagedCapacityAttributes {
  /** The cluster that it belongs to. */
  readonly cluster: ecs.ICluster;

  /** Name of the ECS capacity provider. */
  readonly capacityProviderName: string;

  /** The instance types that ECS may start. */
  readonly instanceTypes: NeuronInstanceType[];

  /**
   * How tasks get the devices.
   *
   * @default NeuronDeviceAllocation.MANAGED
   */
  readonly deviceAllocation?: NeuronDeviceAllocation;

  /**
   * Whether the hosts may be taken away while tasks run on them, as Spot hosts are.
   *
   * @default false
   */
  readonly interruptible?: boolean;

  /**
   * The subnets that tasks with a network interface of their own are placed in.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the hosts.
   *
   * @default - none: rules on hosts can't be added, and tasks in host network mode can't be reached
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * How many physical NeuronCores make a logical one.
   *
   * @default - not set: the runtime's own default
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}
