import { CapacityAttributes } from '../capacity-attributes';

/** Attributes of an EC2 pool that is imported from another stack or app. */
export interface Ec2CapacityAttributes extends CapacityAttributes {
  /**
   * The maximum number of hosts.
   *
   * @default - not known: it is not checked whether the pool can hold what runs on it, and rolling updates replace tasks in place
   */
  readonly maxInstances?: number;
}
