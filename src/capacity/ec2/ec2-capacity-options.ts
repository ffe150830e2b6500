import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, Duration, Size } from 'aws-cdk-lib';
import { PoolInstanceType } from '../pool-instance-type';
import { PurchaseOption } from '../purchase/purchase-option';

/** Options that every EC2 pool takes, with or without accelerators. */
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

/** Options that every EC2 pool with accelerators takes, whichever they are. */
export interface SlicedCapacityOptions extends Ec2CapacityOptions {
  /**
   * Equal slices that each host is divided into; a task takes one. It must divide the chips of the instance type evenly, else it is an
   * error; more than the chips, so that tasks share a chip by its cores, is a warning.
   *
   * @default 1 - a task has the whole host
   */
  readonly tasksPerInstance?: number;

  /**
   * Chips of each partition that hosts are divided into, in order: `[8, 4]` makes one of chips 0 to 7, and one of chips 8 to 11. A service
   * or job takes a partition, `capacity: pool.partition(0)`, and runs at most one task of it on each host. Chips that are left over stay
   * unused.
   *
   * At least one, each a positive whole number, together at most the chips of the instance type, else it is an error. An error together with
   * `tasksPerInstance`.
   *
   * @default - equal slices, see `tasksPerInstance`
   */
  readonly partitions?: number[];

  /**
   * The first of the ports of a host, udp, that stand for the chips of `partitions`: one for each chip, in order. Nothing listens there;
   * ECS places no two tasks that ask for the same port on one host. Move them where your containers need these ports.
   *
   * A whole number of at least 1024, so that all ports are below 32768, where ephemeral ports begin, and none is Docker's 2375 or 2376, else
   * it is an error. An error without `partitions`.
   *
   * @default 29200
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
   */
  readonly firstReservedPort?: number;

  /**
   * Whether hosts reach each other by Elastic Fabric Adapter, as jobs that span hosts need. They get an EFA interface on each network card,
   * a security group that allows all traffic among them, a cluster placement group, and the EFA software; tasks get the devices, the
   * memory lock and the variables. An instance type without EFA is an error, and so are subnets in more than one Availability Zone.
   *
   * Hosts with several network interfaces get no public address: place them in private subnets.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
   */
  readonly efa?: boolean;
}

/** What every pool is told of its hosts. */
export interface Ec2PoolProps extends Ec2CapacityOptions {
  /** The one instance type of the pool. */
  readonly hostType: ec2.InstanceType;

  /**
   * What is known of the instance type, for example where it is offered.
   *
   * @default - nothing: that isn't checked
   */
  readonly hostFacts?: PoolInstanceType;

  /**
   * The instance type whose Elastic Fabric Adapter interfaces the hosts get.
   *
   * @default - no EFA
   */
  readonly efaType?: PoolInstanceType;

  /** The image that the hosts start from. */
  readonly machineImage: ec2.IMachineImage;

  /**
   * The network mode that tasks have here unless they ask for another.
   *
   * @default - awsvpc, or bridge where a host has not enough network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;
}

/** What a family tells the pool that it makes. */
export interface SlicedPoolProps extends SlicedCapacityOptions {
  /** The one instance type of the pool. */
  readonly instanceType: PoolInstanceType;

  /** The image that the hosts start from. */
  readonly machineImage: ec2.IMachineImage;

  /** How many parts the chips of a host can be shared in. */
  readonly parts: number;

  /** What such a part is called, in the plural, for messages. */
  readonly partName: string;

  /**
   * The network mode that tasks have here unless they ask for another.
   *
   * @default - awsvpc, or bridge where a host has not enough network interfaces for its slices
   */
  readonly defaultNetworkMode?: ecs.NetworkMode;
}
