import { CapacityAttributes } from '../capacity-attributes';

/** Attributes of every EC2 pool that is imported from another stack or app. */
export interface Ec2CapacityAttributes extends CapacityAttributes {
  /**
   * The most hosts of the pool.
   *
   * @default - not known: what runs on the pool is not checked against it, and rolling updates replace tasks in place
   */
  readonly maxInstances?: number;
}
