import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceTypeAttributes } from '../capacity/accelerated-instance-type';

/** Whether ECS Managed Instances support an instance type. */
export enum ManagedInstancesSupport {
  /** The public list of instance types for Managed Instances includes the type. */
  SUPPORTED = 'SUPPORTED',
  /** The public pages contradict each other about the type. */
  DISPUTED = 'DISPUTED',
  /** The public pages exclude the type. It can only run on EC2 capacity. */
  UNSUPPORTED = 'UNSUPPORTED',
}

/**
 * The number of physical NeuronCores in a logical NeuronCore. Applies only to Trainium2 and later.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html
 */
export enum LogicalNeuronCoreConfig {
  /** A logical NeuronCore consists of one physical NeuronCore. */
  LNC_1 = '1',
  /** A logical NeuronCore consists of two physical NeuronCores. This is the default of the Neuron runtime. */
  LNC_2 = '2',
}

/** Attributes of a Neuron instance type. */
export interface NeuronInstanceTypeAttributes extends AcceleratedInstanceTypeAttributes {
  /**
   * The number of physical NeuronCores of each chip. Must be a positive whole number.
   */
  readonly neuronCoresPerChip: number;

  /**
   * Whether the runtime groups physical NeuronCores into logical NeuronCores, as it does on Trainium2 and later.
   *
   * @default false - the runtime counts physical NeuronCores
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html
   */
  readonly logicalNeuronCores?: boolean;

  /**
   * The device memory of each chip.
   */
  readonly acceleratorMemoryPerChip: Size;

  /**
   * Whether ECS Managed Instances support the instance type. EC2 capacity supports every type.
   *
   * @default ManagedInstancesSupport.DISPUTED
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html
   */
  readonly managedInstances?: ManagedInstancesSupport;
}
