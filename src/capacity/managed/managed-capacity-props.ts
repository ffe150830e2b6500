import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ManagedCapacityOptions } from './managed-capacity-options';
import { AcceleratedInstanceType } from '../accelerated-instance-type';

/** Properties of the Managed Instances capacity of an accelerator family. */
export interface ManagedCapacityProps extends ManagedCapacityOptions {
  /** The instance types that ECS can start. */
  readonly hostTypes: AcceleratedInstanceType[];

  /** The manufacturer of the accelerators. */
  readonly acceleratorManufacturer: ec2.AcceleratorManufacturer;

  /** The type of the accelerators. */
  readonly acceleratorType: ec2.AcceleratorType;
}
