import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceTypeAttributes } from '../capacity/accelerated-instance-type';

/** Whether ECS Managed Instances accept an instance type. */
export enum ManagedInstancesSupport {
  /** The public list of Managed Instances types names it. */
  SUPPORTED = 'SUPPORTED',
  /** The public pages contradict each other. */
  DISPUTED = 'DISPUTED',
  /** The public pages exclude it: EC2 capacity only. */
  UNSUPPORTED = 'UNSUPPORTED',
}

/**
 * How many physical NeuronCores make a logical one. Trainium2 and later only.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html
 */
export enum LogicalNeuronCoreConfig {
  /** Each physical NeuronCore is a logical one. */
  LNC_1 = '1',
  /** Two physical NeuronCores make a logical one: the runtime's own default. */
  LNC_2 = '2',
}

/** The facts about a Neuron instance type. */
export interface NeuronInstanceTypeAttributes extends AcceleratedInstanceTypeAttributes {
  /**
   * Physical NeuronCores of each chip. A positive whole number, else it is an error.
   */
  readonly neuronCoresPerChip: number;

  /**
   * Whether the runtime groups physical NeuronCores into logical ones (Trainium2 and later).
   *
   * @default false - a NeuronCore is a NeuronCore
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html
   */
  readonly logicalNeuronCores?: boolean;

  /**
   * Device memory of each chip.
   */
  readonly acceleratorMemoryPerChip: Size;

  /**
   * Whether ECS Managed Instances accept the type. EC2 capacity accepts every type.
   *
   * @default ManagedInstancesSupport.DISPUTED
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html
   */
  readonly managedInstances?: ManagedInstancesSupport;
}
