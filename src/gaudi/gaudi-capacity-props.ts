import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { IEc2Capacity } from '../capacity/capacity';
import { Ec2CapacityOptions } from '../capacity/ec2-capacity-options';

/** A pool of EC2 hosts with Gaudi chips. */
export interface IGaudiCapacity extends IEc2Capacity {
  /** The instance type of the hosts. */
  readonly instanceType: GaudiInstanceType;
}

/** Properties of `GaudiCapacity`. */
export interface GaudiCapacityProps extends Ec2CapacityOptions {
  /**
   * The one instance type of the pool.
   *
   * @default GaudiInstanceType.DL1_24XLARGE
   */
  readonly instanceType?: GaudiInstanceType;

  /**
   * The image that the hosts start from, in one of the three ways of `GaudiMachineImage`. Images of Ubuntu need `rootDeviceName`
   * `/dev/sda1`. Public images without a Gaudi driver are an error.
   *
   * @default - none: leaving it out is an error that explains the three ways
   */
  readonly machineImage?: GaudiMachineImage;
}
