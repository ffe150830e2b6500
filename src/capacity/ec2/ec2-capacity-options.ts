import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, Duration, Size } from 'aws-cdk-lib';
import { RootVolume } from './root-volume';
import { InstanceStorage } from '../instance-storage';
import { PurchaseOption } from '../purchase/purchase-option';

/** Options of every EC2 pool, with or without accelerators. */
export interface Ec2CapacityOptions {
  /**
   * The VPC of the pool's own cluster. Give exactly one of `vpc` and `cluster`.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to join. It can also hold other capacity, such as other instance types and Fargate.
   *
   * A cluster of the same stack is best. If the cluster belongs to another stack or app, the stack of the pool writes the cluster's list of
   * capacity providers. A second list, from any other stack, nested stack or import, is an error, and an imported cluster causes a warning.
   * A cluster can have at most 20 capacity providers, the two of Fargate included.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
   *
   * @default - a new cluster in `vpc`, with Container Insights
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The minimum number of hosts, which the pool keeps even if nothing runs. Must be a whole number from 0 to `maxInstances`.
   *
   * @default 0 - the pool scales from zero and to zero
   */
  readonly minInstances?: number;

  /**
   * The maximum number of hosts. Must be a whole number, 1 or more. The hosts must be able to hold what runs on the pool.
   *
   * Must be given in a Capacity Block, see `PurchaseOption.capacityBlock`.
   *
   * @default - `minInstances`, but at least 2, so that a rolling update has a second host to move to
   */
  readonly maxInstances?: number;

  /**
   * The subnets of the hosts, for example those in the Availability Zones that offer the instance type. Isolated subnets without a default
   * route must have VPC endpoints, see `EcsVpcEndpoints`. Public subnets cause a warning.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The size, performance and key of the root volume, which is an encrypted gp3 volume. It holds the container images, unless
   * `instanceStorage` does.
   *
   * @default - 100 GiB. 500 MiB/s for instance types with accelerators, whose images are large: about $15 a month while a host exists
   */
  readonly rootVolume?: RootVolume;

  /**
   * The size of the root volume. Must be left out if `rootVolume` has a `size`.
   *
   * @default - the size of `rootVolume`
   * @deprecated Use `size` of `rootVolume`.
   */
  readonly rootVolumeSize?: Size;

  /**
   * Whether images, logs, volumes without a source path, and what containers write are on the NVMe disks of the hosts. The instance type must
   * have them: Trn1, Trn2, DL1, most types with GPUs, and types with a d in their name, such as m6gd. Inf1 and Inf2 have none.
   *
   * The data survives a reboot of the host. It is lost when the host ends, and when a warm pool stops it. If a type has several disks and the
   * image lacks `mdadm`, hosts install it from the repository of their Linux.
   *
   * @default InstanceStorage.NONE
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
   */
  readonly instanceStorage?: InstanceStorage;

  /**
   * The device name of the root volume. Set it if `machineImage` uses another name than the default.
   *
   * @default - that of the `NeuronMachineImage`, otherwise '/dev/xvda' as on Amazon Linux
   */
  readonly rootDeviceName?: string;

  /**
   * How the hosts are bought.
   *
   * @default PurchaseOption.onDemand()
   */
  readonly purchaseOption?: PurchaseOption;

  /**
   * The placement group of the hosts. If they use a capacity reservation that was made in a placement group, use that group. If they have
   * EFA, a strategy other than cluster causes a warning. Must be left out in a Capacity Block, whose instances already are next to each
   * other.
   *
   * @default - if the hosts have EFA and are bought On-Demand or as Spot, a new placement group with the cluster strategy; otherwise none
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html
   */
  readonly placementGroup?: ec2.IPlacementGroup;

  /**
   * The key pair for SSH access to the hosts.
   *
   * @default - no key pair
   */
  readonly keyPair?: ec2.IKeyPair;

  /**
   * Whether Session Manager can connect to the hosts. Adds the managed policy `AmazonSSMManagedInstanceCore` to their role.
   *
   * @default false
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
   */
  readonly ssmSessionPermissions?: boolean;

  /**
   * Shell commands that each host runs when it starts, before it joins the cluster. The ECS agent is configured before them. If a command
   * fails, the next ones still run. Begin with `set -e`, or use `exit 1`, for a host that must not join: it then says why on its console log
   * and terminates itself, and the pool starts another, at most three times in a row.
   *
   * All user data must have at most 16 KiB. The commands must not set `ECS_CLUSTER`. Setting `ECS_IMAGE_PULL_BEHAVIOR=prefer-cached` causes a warning, because it turns image
   * cleanup off. On Neuron pools, naming `/etc/docker/daemon.json` causes a warning too.
   *
   * @default - none
   */
  readonly userDataCommands?: string[];

  /**
   * How much of the pool ECS keeps in use, in percent. Below 100, ECS keeps spare hosts. Must be a whole number from 1 to 100.
   *
   * @default 100
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-provider-scale.html
   */
  readonly targetCapacityPercent?: number;

  /**
   * How long a new host takes until it counts for scaling. Must be from 0 to 10,000 seconds.
   *
   * @default Duration.minutes(5)
   */
  readonly instanceWarmup?: Duration;

  /**
   * The maximum number of hosts that ECS adds at a time. Must be a whole number from 1 to 10,000. Raise it to scale out faster.
   *
   * When a pool scales from zero, ECS may start two hosts even if it needs only one. It stops the spare host a quarter of an hour later.
   * Only `maxInstances` 1 is certain to prevent this.
   *
   * @default 1 - hosts are expensive, and ECS adds another only if it is still needed
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html
   */
  readonly maximumScalingStepSize?: number;

  /**
   * Whether a host that has tasks is never chosen when the pool scales in. Without it, the pool may remove such a host, and its tasks have at
   * most 48 hours to end. Use it for jobs that run longer. Must be left out in a Capacity Block.
   *
   * CloudFormation cannot delete a pool while its hosts are protected, so this causes a warning with the command to run before.
   *
   * @default false - the stack can be deleted cleanly
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html
   */
  readonly enableManagedTerminationProtection?: boolean;

  /**
   * A warm pool: hosts that have been set up and then stopped, from which the pool scales out faster. The ECS agent is told with
   * `ECS_WARM_POOLS_CHECK`, so that a host joins the cluster only when it leaves the warm pool.
   *
   * By default, the warm pool holds as many hosts as the pool can still add, so at first all `maxInstances` hosts start, at their full price
   * until they are set up. Set `maxGroupPreparedCapacity` to keep fewer. Hosts in the state `RUNNING` always cost their full price.
   * `reuseOnScaleIn` must be false and the state must not be `HIBERNATED`. Cannot be used with Spot hosts or in a Capacity Block.
   *
   * @default - none: the pool launches a new host each time
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html
   */
  readonly warmPool?: autoscaling.WarmPoolOptions;

  /**
   * How hosts are replaced when their launch template changes, for example because of a new AMI. ECS drains each host first.
   * A rolling update does not replace hosts in a warm pool.
   *
   * @default - running hosts keep the template that they started with, and new hosts use the new one
   */
  readonly updatePolicy?: autoscaling.UpdatePolicy;
}
