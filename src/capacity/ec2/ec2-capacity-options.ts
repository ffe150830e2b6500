import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, Duration, Size } from 'aws-cdk-lib';
import { PurchaseOption } from '../purchase/purchase-option';

/** Options of every EC2 pool, with or without accelerators. */
export interface Ec2CapacityOptions {
  /**
   * The VPC of the pool's own cluster. Give this or `cluster`; both or neither is an error.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to join. It may hold other capacity too, other instance types and Fargate included.
   *
   * A cluster of the same stack is best: one of another stack or app gets its list of capacity providers written by the pool's stack,
   * which is a warning for an imported cluster, and an error for one that has capacity providers of its own.
   *
   * @default - a cluster of the pool's own in `vpc`, with Container Insights
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The fewest hosts, kept even when nothing runs. A whole number from 0 to `maxInstances`, else it is an error.
   *
   * @default 0 - the pool scales from zero, and to zero
   */
  readonly minInstances?: number;

  /**
   * The most hosts. A whole number of at least 1, else it is an error; it is also an error when they can't hold what runs on the pool.
   *
   * @default - 2, a host and one for a rolling update to move to; `minInstances` where that is more
   */
  readonly maxInstances?: number;

  /**
   * The subnets to place the hosts in, for example those of the Availability Zones that offer the instance type. Isolated subnets without
   * a default route need VPC endpoints, see `EcsVpcEndpoints`; their absence is an error. Public subnets are a warning.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Size of the encrypted gp3 root volume, which holds the images. Less than 30 GiB, what the image itself takes, is an error.
   *
   * @default Size.gibibytes(100) - Neuron and Gaudi images take 10 to 20 GiB each
   */
  readonly rootVolumeSize?: Size;

  /**
   * Device name of the root volume, where `machineImage` has another one.
   *
   * @default '/dev/xvda' - as on Amazon Linux
   */
  readonly rootDeviceName?: string;

  /**
   * How the hosts are bought.
   *
   * @default PurchaseOption.onDemand()
   */
  readonly purchaseOption?: PurchaseOption;

  /**
   * The placement group of the hosts, for example that of a capacity reservation. For hosts with EFA, another strategy than cluster is a
   * warning.
   *
   * @default - for hosts with EFA a new one with the cluster strategy, else none
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html
   */
  readonly placementGroup?: ec2.IPlacementGroup;

  /**
   * The key pair to log in to the hosts with over SSH.
   *
   * @default - no key pair
   */
  readonly keyPair?: ec2.IKeyPair;

  /**
   * Whether the hosts can be reached with Session Manager: gives their role `AmazonSSMManagedInstanceCore`.
   *
   * @default false
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
   */
  readonly ssmSessionPermissions?: boolean;

  /**
   * Shell commands that each host runs when it starts, before it joins the cluster. One that fails doesn't stop the rest: begin with
   * `set -e` to keep a host that isn't ready out of the cluster. Setting `ECS_CLUSTER` is an error, and turning image clean-up off with
   * `ECS_IMAGE_PULL_BEHAVIOR=prefer-cached` a warning; so is, on Neuron pools, naming `/etc/docker/daemon.json`.
   *
   * @default - none
   */
  readonly userDataCommands?: string[];

  /**
   * How busy ECS keeps the pool, in percent: below 100 it keeps spare hosts. A number from 1 to 100, else it is an error.
   *
   * @default 100
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-provider-scale.html
   */
  readonly targetCapacityPercent?: number;

  /**
   * How long a new host takes until it counts for scaling. From 0 to 10,000 seconds, else it is an error.
   *
   * @default Duration.minutes(5)
   */
  readonly instanceWarmup?: Duration;

  /**
   * The most hosts that ECS adds at a time. A whole number from 1 to 10,000, else it is an error. Raise it to scale out faster.
   *
   * From zero ECS may start two hosts whatever is needed, and stop the spare one a quarter of an hour later; only `maxInstances` 1 rules
   * that out for certain.
   *
   * @default 1 - hosts are dear, and ECS adds the next one when it is still needed
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html
   */
  readonly maximumScalingStepSize?: number;

  /**
   * How hosts are replaced when their launch template changes, for example by a new AMI. ECS drains each one first.
   *
   * @default - hosts keep the template that they started with; new ones get the new one
   */
  readonly updatePolicy?: autoscaling.UpdatePolicy;
}
