import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Ec2CapacityOptions } from './ec2-capacity-options';
import { AcceleratedInstanceType } from '../accelerated-instance-type';

/** What every pool is told of its hosts. */
export interface Ec2PoolProps extends Ec2CapacityOptions {
  /** The one instance type of the pool. */
  readonly ec2InstanceType: ec2.InstanceType;

  /**
   * What is known of the instance type, for example where it is offered.
   *
   * @default - nothing: that isn't checked
   */
  readonly hostFacts?: AcceleratedInstanceType;

  /**
   * The instance type whose Elastic Fabric Adapter interfaces the hosts get.
   *
   * @default - no EFA
   */
  readonly efaType?: AcceleratedInstanceType;

  /** The image that the hosts start from. */
  readonly machineImage: ec2.IMachineImage;

  /**
   * The network mode that tasks have here unless they ask for another.
   *
   * @default - awsvpc, or bridge where a host has not enough network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;
}
