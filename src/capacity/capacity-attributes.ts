import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';

/** Attributes of a capacity that is imported from another stack or app. */
export interface CapacityAttributes {
  /** The cluster that the hosts belong to. */
  readonly cluster: ecs.ICluster;

  /** The name of the ECS capacity provider. */
  readonly capacityProviderName: string;

  /**
   * Whether AWS can reclaim the hosts while tasks run on them, as it can reclaim Spot hosts.
   *
   * @default false
   */
  readonly interruptible?: boolean;

  /**
   * The subnets of tasks in `awsvpc` network mode.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the hosts.
   *
   * @default - none: rules cannot be added to the hosts, and tasks in host or bridge network mode cannot be reached
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
