import { IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `GaudiService`. */
export interface GaudiServiceProps extends AcceleratedServiceProps {
  /**
   * The pool to run on. An error together with `vpc`, `instanceType`, `machineImage`, `rootDeviceName` or `maxInstances`.
   *
   * @default - a cluster and pool of the service's own, from `vpc` and `machineImage`
   */
  readonly capacity?: IGaudiCapacity;

  /**
   * The instance type of the service's own pool. An error with `capacity`.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * The image of the service's own pool, in one of the three ways of `GaudiMachineImage`. An error with `capacity`.
   *
   * @default - that of `capacity`; without `capacity` leaving it out is an error that explains the three ways
   */
  readonly machineImage?: GaudiMachineImage;

  /**
   * Device name of the root volume of `machineImage`, `/dev/sda1` on Ubuntu. An error with `capacity`.
   *
   * @default '/dev/xvda' - as on Amazon Linux
   */
  readonly rootDeviceName?: string;
}
