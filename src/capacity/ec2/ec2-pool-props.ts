import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Ec2CapacityOptions } from './ec2-capacity-options';
import { RememberedImage } from './machine-image';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { HostStep } from '../host/host-user-data';

/** Properties that every pool needs to create its hosts. */
export interface Ec2PoolProps extends Ec2CapacityOptions {
  /** The instance type of the hosts. */
  readonly ec2InstanceType: ec2.InstanceType;

  /**
   * The facts about the instance type, for example the Regions that offer it.
   *
   * @default - not known and not checked
   */
  readonly hostFacts?: AcceleratedInstanceType;

  /**
   * The instance type whose Elastic Fabric Adapter interfaces the hosts get.
   *
   * @default - no EFA
   */
  readonly efaType?: AcceleratedInstanceType;

  /** The machine image of the hosts. */
  readonly machineImage: RememberedImage;

  /**
   * What the hosts set up when they start, before the commands of the user.
   *
   * @default - nothing
   */
  readonly hostSteps?: HostStep[];

  /**
   * The network mode of tasks that do not set one.
   *
   * @default - awsvpc, or bridge if a host has too few network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;
}
