import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ManagedCapacityOptions } from './managed-capacity-options';
import { AcceleratedInstanceType } from '../accelerated-instance-type';

/** What a family tells the Managed Instances capacity that it makes. */
export interface ManagedCapacityProps extends ManagedCapacityOptions {
  /** The instance types. */
  readonly hostTypes: AcceleratedInstanceType[];

  /** Who makes the accelerators. */
  readonly acceleratorManufacturer: ec2.AcceleratorManufacturer;

  /** What kind of accelerators they are. */
  readonly acceleratorType: ec2.AcceleratorType;
}
