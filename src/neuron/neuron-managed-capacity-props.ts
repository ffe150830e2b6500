import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { LogicalNeuronCoreConfig } from './neuron-instance-type-attributes';
import { IManagedCapacity } from '../capacity/capacity';
import { CapacityAttributes } from '../capacity/capacity-attributes';
import { ManagedCapacityOptions } from '../capacity/managed/managed-capacity-options';

/**
 * How tasks on Managed Instances get Neuron devices. All tasks of a capacity get them in the same way, because ECS would otherwise count
 * the devices of some tasks on a host and not those of others.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 */
export enum NeuronDeviceAllocation {
  /** ECS allocates all devices of a host to one task, and counts them. */
  MANAGED = 'MANAGED',
  /** All device paths of the single instance type are mapped. The cpu units of the task keep other tasks of this kind off the host. */
  MANUAL = 'MANUAL',
}

/** Managed Instances with Neuron chips. */
export interface INeuronManagedCapacity extends INeuronCapacity, IManagedCapacity {
  /** How tasks get Neuron devices. */
  readonly deviceAllocation: NeuronDeviceAllocation;
}

/** Options of Managed Instances with Neuron chips, both new and imported ones. */
export interface NeuronManagedOptions {
  /**
   * How tasks get Neuron devices. `MANUAL` can only be used with a single instance type.
   *
   * @default NeuronDeviceAllocation.MANAGED
   */
  readonly deviceAllocation?: NeuronDeviceAllocation;

  /**
   * The number of physical NeuronCores in a logical NeuronCore, for all tasks of the capacity. Can only be set if all instance types have
   * logical NeuronCores, which are Trainium2 and later.
   *
   * @default - not set: the Neuron runtime uses its own default
   */
  readonly logicalNeuronCoreConfig?: LogicalNeuronCoreConfig;
}

/** Properties of `NeuronManagedCapacity`. */
export interface NeuronManagedCapacityProps extends ManagedCapacityOptions, NeuronManagedOptions {
  /**
   * The instance types that ECS can start. Must have from 1 to 30 items, and cannot include Inf1. ECS chooses the cheapest type that a task
   * fits on. Types that public pages disagree about, such as Trainium2, cause a warning.
   */
  readonly instanceTypes: NeuronInstanceType[];
}

/** Attributes of Managed Instances with Neuron chips that were created in another stack or app. */
export interface NeuronManagedCapacityAttributes extends CapacityAttributes, NeuronManagedOptions {
  /** The instance types that ECS can start. */
  readonly instanceTypes: NeuronInstanceType[];
}
