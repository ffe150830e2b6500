import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Duration, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { CapacitySlice, IEc2Capacity, TaskDefinitionMixinsOptions } from './capacity';
import { joinCluster } from './cluster-membership';
import { Ec2CapacityBaseProps } from './ec2-capacity-options';
import { allowEfa } from './efa-hosts';
import { makeHostLaunchTemplate } from './host-launch-template';
import { checkHostSubnets, inIsolatedSubnets } from './host-subnets';
import { partitionSlicesOf } from './partition';
import { placementOnPool } from './placement';
import { PoolInstanceType } from './pool-instance-type';
import { buyByGroup, checkPurchase, groupSize } from './purchase';
import { PurchaseOption } from './purchase-option';
import { sliceOf } from './slice';
import { zonesOf } from './zones';
import { checkCapacityOptions } from '../rules/capacity-rules';
import { checkEfaHosts, checkEfaType } from '../rules/efa-rules';
import { checkPartitions } from '../rules/partition-rules';
import { enforce, enforceAtSynth, Finding, known } from '../rules/rule';
import { checkSlices } from '../rules/slice-rules';
import { checkOneZone } from '../rules/zone-rules';

/**
 * A pool of EC2 hosts of one instance type: Auto Scaling group, launch template and ECS capacity provider, divided into slices.
 *
 * This is what the accelerator families share; use theirs, for example `NeuronCapacity`.
 */
export abstract class Ec2CapacityBase extends Construct implements IEc2Capacity {
  public readonly poolInstanceType: PoolInstanceType;
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.EC2;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly tasksPerInstance: number;
  public readonly slice: CapacitySlice;
  public readonly partitionSlices?: CapacitySlice[];
  public readonly maxInstances?: number;
  public readonly efaInterfaces?: number;
  public readonly vpcSubnets?: ec2.SubnetSelection;

  /** Name of the ECS capacity provider. */
  public readonly capacityProviderName: string;

  /** The ECS capacity provider: managed scaling and draining on, termination protection off, so that the stack deletes cleanly. */
  public readonly capacityProvider: ecs.AsgCapacityProvider;

  /** The Auto Scaling group of the hosts. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** The launch template of the hosts. */
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** The role of the hosts. Tasks have roles of their own. */
  public readonly role: iam.Role;

  /** The security group of the hosts, and of tasks in bridge or host network mode. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** The connections of the hosts, and of tasks in bridge or host network mode. */
  public readonly connections: ec2.Connections;

  protected constructor(scope: Construct, id: string, props: Ec2CapacityBaseProps) {
    super(scope, id);
    this.tasksPerInstance = props.tasksPerInstance ?? 1;
    this.maxInstances = props.maxInstances ?? (known(props.minInstances) ? Math.max(2, props.minInstances!) : 2);
    this.vpcSubnets = props.vpcSubnets;
    const purchaseOption = props.purchaseOption ?? PurchaseOption.onDemand();
    // Where a type is sold in Capacity Blocks is another list than where it is sold on demand.
    const offered = purchaseOption._block ? { instanceType: { name: props.instanceType.name } } : {};
    enforce(this, [
      ...checkPurchase(props, Stack.of(this).region),
      ...checkCapacityOptions({ ...props, ...offered, maxInstances: this.maxInstances, region: Stack.of(this).region }),
      ...checkSlices(props.instanceType, this.tasksPerInstance, { count: props.parts, name: props.partName }),
      ...checkPartitions(props.instanceType, props),
      ...(props.efa ? checkEfaType('efa', props.instanceType, props.instanceType._typesWithEfa) : []),
    ]);
    this.efaInterfaces = props.efa ? props.instanceType.efaInterfaces : undefined;
    this.slice = sliceOf(props.instanceType, this.tasksPerInstance);
    this.partitionSlices = props.partitions && partitionSlicesOf(props.instanceType, props.partitions, props.firstReservedPort);
    this.poolInstanceType = props.instanceType;
    this.placementConstraints = placementOnPool(props.instanceType.name);
    this.interruptible = purchaseOption.interruptible;

    this.cluster =
      props.cluster ?? new ecs.Cluster(this, 'Cluster', { vpc: props.vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const vpc = this.cluster.vpc;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc });
    this.connections = this.securityGroup.connections;
    if (props.efa) allowEfa(this, this.securityGroup);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    if (props.ssmSessionPermissions) {
      this.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
    }
    this.launchTemplate = makeHostLaunchTemplate(this, props, { role: this.role, securityGroup: this.securityGroup, purchaseOption });
    this.autoScalingGroup = new autoscaling.AutoScalingGroup(this, 'AutoScalingGroup', {
      vpc,
      vpcSubnets: props.vpcSubnets,
      launchTemplate: this.launchTemplate,
      ...groupSize(purchaseOption, { minCapacity: props.minInstances ?? 0, maxCapacity: this.maxInstances }),
      updatePolicy: props.updatePolicy,
    });
    buyByGroup(purchaseOption, this.autoScalingGroup, this.maxInstances);
    this.capacityProvider = new ecs.AsgCapacityProvider(this, 'CapacityProvider', {
      autoScalingGroup: this.autoScalingGroup,
      // With protection on, hosts outlive the deletion of the group (https://github.com/aws/aws-cdk/issues/18179); draining suffices.
      enableManagedTerminationProtection: false,
      enableManagedDraining: true,
      targetCapacityPercent: props.targetCapacityPercent,
      instanceWarmupPeriod: (props.instanceWarmup ?? Duration.minutes(5)).toSeconds(),
      maximumScalingStepSize: props.maximumScalingStepSize ?? 1,
    });
    this.capacityProviderName = this.capacityProvider.capacityProviderName;
    this.capacityProviderStrategies = [{ capacityProvider: this.capacityProviderName, weight: 1 }];
    joinCluster(this, this.cluster, this.capacityProvider);
    enforceAtSynth(this, () => [
      ...checkHostSubnets(vpc, this.vpcSubnets),
      ...this.checkOneZone(props, vpc),
      ...(props.efa
        ? checkEfaHosts({ placementStrategy: props.placementGroup?.strategy, isolated: inIsolatedSubnets(vpc, this.vpcSubnets) })
        : []),
    ]);
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];

  private checkOneZone({ efa, purchaseOption, instanceType }: Ec2CapacityBaseProps, vpc: ec2.IVpc): Finding[] {
    const because = [
      ...(efa ? ['`efa`: EFA traffic does not cross zones'] : []),
      ...(purchaseOption?._block ? ['`purchaseOption`: a Capacity Block is in one zone, its own'] : []),
    ];
    if (because.length === 0) return [];
    return checkOneZone({ because: because.join('; '), instanceType: instanceType.name, zones: zonesOf(this, vpc, this.vpcSubnets) });
  }
}
