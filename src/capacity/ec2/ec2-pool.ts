import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Duration, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { IEc2Capacity, TaskDefinitionMixinsOptions } from '../capacity';
import { clusterFor, joinCluster } from '../cluster-membership';
import { Ec2PoolProps } from './ec2-pool-props';
import { makeHostLaunchTemplate } from './host-launch-template';
import { checkIsolatedHosts } from './isolated-hosts';
import { checkHostInstanceStorage, checkHostVolume } from './root-block-device';
import { TiedToType } from './tied-to-type';
import { addWarmPool, warmPoolsOf } from './warm-pools';
import { checkCapacityOptions } from '../../rules/capacity-rules';
import { checkEfaHosts } from '../../rules/efa-rules';
import { checkHostImage, checkUserDataSize } from '../../rules/host-image-rules';
import { checkProtectedHosts } from '../../rules/host-times-rules';
import { enforce, enforceAtSynth, Finding, known } from '../../rules/rule';
import { checkAgentStopTimeout } from '../../rules/stop-timeout-rules';
import { checkWarmPool, checkWarmPools } from '../../rules/warm-pool-rules';
import { checkOneZone } from '../../rules/zone-rules';
import { architectureOf } from '../architecture';
import { allowEfa } from '../efa/efa-hosts';
import { registerHosts } from '../endpoints/host-services';
import { checkHostSubnets } from '../endpoints/isolated-subnets';
import { checkOwnEnvironment } from '../environment';
import { hostFailure } from '../host/failed-host';
import { knownBytes } from '../host/host-user-data';
import { HostTimes } from '../host-times';
import { placementOnPool } from '../placement';
import { Purchase } from '../purchase/purchase';
import { PurchaseOption } from '../purchase/purchase-option';
import { checkSelection } from '../subnets';
import { TaskPlanner } from '../task-planner';
import { zonesOf } from '../zones';

/**
 * A pool of EC2 hosts of one instance type: an Auto Scaling group, a launch template and an ECS capacity provider. All pools extend it.
 * @internal
 */
export abstract class Ec2Pool extends Construct implements IEc2Capacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.EC2;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly maxInstances?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly defaultNetworkMode?: ecs.NetworkMode;

  /** The name of the ECS capacity provider. */
  public readonly capacityProviderName: string;

  /**
   * The ECS capacity provider. Managed scaling and managed draining are on. Managed termination protection is off by default, so that the
   * stack can be deleted cleanly.
   */
  public readonly capacityProvider: ecs.AsgCapacityProvider;

  /** The Auto Scaling group of the hosts. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** The launch template of the hosts. */
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** The role of the hosts. Tasks have their own roles. */
  public readonly role: iam.Role;

  /** The security group of the hosts, and of tasks in bridge or host network mode. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** The connections of the hosts, and of tasks in bridge or host network mode. */
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _hostTimes: HostTimes[];

  /** @internal */
  public abstract readonly _planner: TaskPlanner;

  protected constructor(scope: Construct, id: string, props: Ec2PoolProps) {
    super(scope, id);
    this.maxInstances = props.maxInstances ?? (known(props.minInstances) ? Math.max(2, props.minInstances) : 2);
    this.vpcSubnets = props.vpcSubnets;
    this.defaultNetworkMode = props.defaultNetworkMode;
    const purchase = (props.purchaseOption ?? PurchaseOption.onDemand())._purchase;
    const region = Stack.of(this).region;
    const instanceType = { name: props.ec2InstanceType.toString(), regions: purchase.regionsOf(props.hostFacts) };
    enforce(this, [
      ...purchase.checkPool(props, region),
      ...checkCapacityOptions({ ...props, instanceType, maxInstances: this.maxInstances, region }),
      ...checkHostVolume(this, props),
      ...checkHostInstanceStorage(props),
      ...checkWarmPool(props.warmPool, purchase.noWarmPoolBecause),
      ...checkOwnEnvironment(this, { cluster: props.cluster, vpc: props.vpc }),
    ]);
    this.placementConstraints = placementOnPool(instanceType.name);
    this.interruptible = purchase.interruptible;
    enforce(this, checkAgentStopTimeout(this.interruptible, props.userDataCommands));
    this._hostTimes = [purchase.hostTimes({ removesBusyHosts: this.removesBusyHosts(props) })];

    this.cluster = clusterFor(this, props);
    const tied = new TiedToType(this, instanceType.name, this.cluster, props.cluster === undefined);
    const vpc = this.cluster.vpc;
    enforce(this, checkSelection(vpc, props.vpcSubnets));
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc });
    this.connections = this.securityGroup.connections;
    if (props.efaType) allowEfa(this, this.securityGroup);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    if (props.ssmSessionPermissions) {
      this.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
    }
    this.launchTemplate = makeHostLaunchTemplate(this, props, {
      cluster: this.cluster,
      role: this.role,
      securityGroup: this.securityGroup,
      purchase,
      hasWarmPool: () => warmPoolsOf(this).length > 0,
      failure: hostFailure(this, this.role, () => this.groupId),
    });
    enforce(this, [
      ...checkHostImage(instanceType.name, architectureOf(instanceType.name), props.machineImage.facts),
      ...this.checkUserData(),
    ]);
    this.autoScalingGroup = new autoscaling.AutoScalingGroup(this, 'AutoScalingGroup', {
      vpc,
      vpcSubnets: props.vpcSubnets,
      launchTemplate: this.launchTemplate,
      ...purchase.groupSize({ minCapacity: props.minInstances ?? 0, maxCapacity: this.maxInstances }),
      updatePolicy: props.updatePolicy,
    });
    if (props.warmPool) addWarmPool(this.autoScalingGroup, props.warmPool);
    purchase.prepareGroup(this.autoScalingGroup, this.maxInstances);
    this.capacityProvider = new ecs.AsgCapacityProvider(this, 'CapacityProvider', {
      capacityProviderName: tied.providerName,
      autoScalingGroup: this.autoScalingGroup,
      // With protection on, hosts outlive the deletion of the group (https://github.com/aws/aws-cdk/issues/18179). Draining is enough for most.
      enableManagedTerminationProtection: props.enableManagedTerminationProtection ?? false,
      enableManagedDraining: true,
      targetCapacityPercent: props.targetCapacityPercent,
      instanceWarmupPeriod: (props.instanceWarmup ?? Duration.minutes(5)).toSeconds(),
      maximumScalingStepSize: props.maximumScalingStepSize ?? 1,
    });
    tied.tie(this.autoScalingGroup, this.capacityProvider);
    this.capacityProviderName = this.capacityProvider.capacityProviderName;
    this.capacityProviderStrategies = [{ capacityProvider: this.capacityProviderName, weight: 1 }];
    joinCluster(this, this.cluster, this.capacityProvider);
    const hosts = registerHosts(this, vpc, this.role);
    enforceAtSynth(this, () => [
      ...checkHostSubnets(hosts),
      ...checkIsolatedHosts(this, vpc, props),
      ...this.checkUserData(),
      ...checkWarmPools(warmPoolsOf(this), purchase.noWarmPoolBecause),
      ...this.checkOneZone(props, purchase, vpc),
      ...(props.enableManagedTerminationProtection ? checkProtectedHosts(Stack.of(this).stackName, this.groupId) : []),
      // `checkIsolatedHosts` checks the download of the EFA software.
      ...(props.efaType ? checkEfaHosts({ placementStrategy: props.placementGroup?.strategy, isolated: false }) : []),
    ]);
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];

  /** Checks the size of the user data, to which commands can be added until synthesis. */
  private checkUserData(): Finding[] {
    return checkUserDataSize(knownBytes(this, this.launchTemplate.userData?.render() ?? ''));
  }

  /** The logical id of the Auto Scaling group. */
  private get groupId(): string {
    const stack = Stack.of(this);
    return stack.resolve((this.autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup).logicalId) as string;
  }

  /** Whether the group may remove a host while a task runs on it. A single host, or a number that never changes, is only ever replaced. */
  private removesBusyHosts({ minInstances, updatePolicy, enableManagedTerminationProtection }: Ec2PoolProps): boolean {
    const scalesIn = this.maxInstances !== 1 && minInstances !== this.maxInstances;
    return updatePolicy !== undefined || (scalesIn && !enableManagedTerminationProtection);
  }

  private checkOneZone({ efaType, ec2InstanceType }: Ec2PoolProps, purchase: Purchase, vpc: ec2.IVpc): Finding[] {
    const because = [
      ...(efaType ? ['`efa`: EFA traffic does not cross zones'] : []),
      ...(purchase.oneZoneBecause ? [purchase.oneZoneBecause] : []),
    ];
    if (because.length === 0) return [];
    return checkOneZone({
      because: because.join('; '),
      instanceType: ec2InstanceType.toString(),
      zones: zonesOf(this, vpc, this.vpcSubnets),
    });
  }
}
