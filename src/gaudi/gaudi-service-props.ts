import { IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `GaudiService`. */
export interface GaudiServiceProps extends AcceleratedServiceProps {
  /**
   * The capacity that the service runs on, for example a `GaudiCapacity` or one of its partitions. Cannot be combined with `vpc`,
   * `instanceType`, `machineImage`, `rootDeviceName` or `maxInstances`.
   *
   * @default - the service creates its own cluster and pool from `vpc` and `machineImage`
   */
  readonly capacity?: IGaudiCapacity;

  /**
   * The instance type of the pool that the service creates. Cannot be combined with `capacity`.
   *
   * A change replaces the pool and its cluster, and so the ECS service: the new one runs before the old one is deleted.
   *
   * @default GaudiInstanceType.DL1_24_XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * The machine image of the pool that the service creates, created with one of the three methods of `GaudiMachineImage`. Required without
   * `capacity`. Cannot be combined with `capacity`.
   *
   * @default - the machine image of `capacity`. Without `capacity`, omitting it fails with a message that lists the three options
   */
  readonly machineImage?: GaudiMachineImage;

  /**
   * The device name of the root volume of `machineImage`, for example `/dev/sda1` on Ubuntu. Cannot be combined with `capacity`.
   *
   * @default '/dev/xvda' - as on Amazon Linux
   */
  readonly rootDeviceName?: string;
}
