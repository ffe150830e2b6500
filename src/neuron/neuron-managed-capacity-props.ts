import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { IManagedCapacity } from '../capacity/capacity';
import { CapacityAttributes } from '../capacity/capacity-attributes';
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

/** Options of Neuron Managed Instances, made here or imported. */
export interface NeuronManagedOptions {
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

/** Properties of `NeuronManagedCapacity`. */
export interface NeuronManagedCapacityProps extends ManagedCapacityOptions, NeuronManagedOptions {
  /**
   * The instance types that ECS may start, from 1 to 30, else it is an error. It takes the cheapest that a task fits on. Inf1 is an error, and
   * types that the public pages disagree about, as Trainium2, are a warning.
   */
  readonly instanceTypes: NeuronInstanceType[];
}

/** Attributes of Managed Instances that are imported from another stack or app. */
export interface NeuronManagedCapacityAttributes extends CapacityAttributes, NeuronManagedOptions {
  /** The instance types that ECS may start. */
  readonly instanceTypes: NeuronInstanceType[];
}
