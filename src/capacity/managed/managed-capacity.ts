import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Size, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { IManagedCapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { clusterFor, joinManagedCluster, listsProviders } from '../cluster-membership';
import { checkHostSubnets } from '../endpoints/isolated-subnets';
import { checkOwnEnvironment } from '../environment';
import { ManagedTaskVolume } from './managed-capacity-options';
import { ManagedCapacityProps } from './managed-capacity-props';
import { managedInstanceRequirements } from './managed-instance-requirements';
import { ManagedPlanner } from './managed-planner';
import { makeManagedRoles, ManagedRoles } from './managed-roles';
import { checkRegion, checkVpcOrCluster } from '../../rules/capacity-rules';
import { checkInstanceRequirements } from '../../rules/instance-requirements-rules';
import { checkMixedProviders, checkTaskVolume } from '../../rules/managed-capacity-rules';
import { enforce, enforceAtSynth, Finding } from '../../rules/rule';
import { AcceleratedInstanceType } from '../accelerated-instance-type';
import { registerHosts } from '../endpoints/host-services';
import { placementOnManaged } from '../placement';
import { Purchase } from '../purchase/purchase';
import { PurchaseOption } from '../purchase/purchase-option';
import { checkSelection, selectSubnets } from '../subnets';
import { TaskPlanner } from '../task-planner';

/**
 * Hosts that Amazon ECS starts, patches and replaces, with an ECS capacity provider for Managed Instances. The Managed Instances of the
 * accelerator families extend it.
 * @internal
 */
export abstract class ManagedCapacity extends Construct implements IManagedCapacity {
  /** @internal */
  public readonly _hostTypes: AcceleratedInstanceType[];
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.MANAGED_INSTANCES;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[];
  public readonly interruptible: boolean;
  public readonly vpcSubnets?: ec2.SubnetSelection;
  public readonly defaultNetworkMode?: ecs.NetworkMode;

  /** The name of the ECS capacity provider. */
  public readonly capacityProviderName: string;

  /** The ECS capacity provider. */
  public readonly capacityProvider: ecs.ManagedInstancesCapacityProvider;

  /** The role that ECS uses to start and stop hosts. */
  public readonly infrastructureRole: iam.IRole;

  /** The role of the hosts. Tasks have their own roles. */
  public readonly instanceRole: iam.IRole;

  /** The connections of the hosts, and of tasks in host network mode. */
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _planner: TaskPlanner;

  protected constructor(scope: Construct, id: string, props: ManagedCapacityProps) {
    super(scope, id);
    const purchase = (props.purchaseOption ?? PurchaseOption.onDemand())._purchase;
    enforce(this, [
      ...checkProps(props, purchase, Stack.of(this).region),
      ...checkOwnEnvironment(this, { cluster: props.cluster, vpc: props.vpc }),
    ]);
    this._hostTypes = props.hostTypes;
    this.placementConstraints = placementOnManaged(this._hostTypes.map(({ name }) => name));
    this.interruptible = purchase.interruptible;
    this.vpcSubnets = props.vpcSubnets;

    this.cluster = clusterFor(this, props);
    const { vpc } = this.cluster;
    enforce(this, checkSelection(vpc, props.vpcSubnets));
    const securityGroups = props.securityGroups ?? [new ec2.SecurityGroup(this, 'SecurityGroup', { vpc })];
    this.connections = new ec2.Connections({ securityGroups });
    const roles = makeManagedRoles(this, props);
    this.infrastructureRole = roles.infrastructureRole;
    this.instanceRole = roles.instanceRole;
    this.capacityProvider = this.makeProvider(props, roles, purchase, securityGroups);
    this.capacityProviderName = this.capacityProvider.capacityProviderName;
    this.capacityProviderStrategies = [{ capacityProvider: this.capacityProviderName, weight: 1 }];
    joinManagedCluster(this, this.cluster, this.capacityProvider);
    this._planner = new ManagedPlanner(this);
    const hosts = registerHosts(this, vpc, this.instanceRole);
    enforceAtSynth(this, () => [
      ...checkHostSubnets(hosts),
      ...checkMixedProviders({ cluster: this.cluster.node.path, listed: listsProviders(this.cluster) }),
    ]);
  }

  public abstract taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[];

  private makeProvider(
    props: ManagedCapacityProps,
    { infrastructureRole, instanceProfile, passRole }: ManagedRoles,
    purchase: Purchase,
    securityGroups: ec2.ISecurityGroup[],
  ): ecs.ManagedInstancesCapacityProvider {
    const provider = new ecs.ManagedInstancesCapacityProvider(this, 'CapacityProvider', {
      infrastructureRole,
      ec2InstanceProfile: instanceProfile,
      subnets: selectSubnets(this, this.cluster.vpc, props.vpcSubnets).subnets,
      securityGroups,
      taskVolumeStorage: usesInstanceStorageOnly(props) ? undefined : (props.taskVolumeSize ?? Size.gibibytes(100)),
      monitoring: props.monitoring ?? ecs.InstanceMonitoring.DETAILED,
      instanceRequirements: managedInstanceRequirements(props, purchase.interruptible),
      propagateTags: props.propagateTags ?? ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER,
    });
    const resource = provider.node.defaultChild as ecs.CfnCapacityProvider;
    purchase.prepareManaged(resource);
    overrideProvider(resource, props);
    if (passRole.policyDependable) resource.node.addDependency(passRole.policyDependable);
    return provider;
  }
}

/** Sets properties for which the L2 has no props. */
function overrideProvider(resource: ecs.CfnCapacityProvider, props: ManagedCapacityProps): void {
  const set = (path: string, value: unknown) => {
    if (value !== undefined) resource.addPropertyOverride(`ManagedInstancesProvider.${path}`, value);
  };
  set('AutoRepairConfiguration.ActionsStatus', props.autoRepair === undefined ? undefined : props.autoRepair ? 'ENABLED' : 'DISABLED');
  set('InfrastructureOptimization.ScaleInAfter', props.scaleIn?._seconds);
  set('InstanceLaunchTemplate.FipsEnabled', props.fips);
  set('InstanceLaunchTemplate.InstanceMetadataTagsPropagation', props.instanceMetadataTags);
  set('InstanceLaunchTemplate.LocalStorageConfiguration.UseLocalStorage', usesInstanceStorage(props));
}

/** Whether hosts that have instance storage use it. Undefined leaves it to ECS. */
function usesInstanceStorage({ instanceStorage, taskVolume }: ManagedCapacityProps): boolean | undefined {
  return instanceStorage?._used ?? (taskVolume && taskVolume === ManagedTaskVolume.INSTANCE_STORAGE);
}

function usesInstanceStorageOnly(props: ManagedCapacityProps): boolean {
  return usesInstanceStorage(props) === true && props.hostTypes.every((type) => type.instanceStorage !== undefined);
}

function checkProps(props: ManagedCapacityProps, purchase: Purchase, region: string): Finding[] {
  const { hostTypes, acceleratorManufacturer, acceleratorType, acceleratorNames, instanceRequirements } = props;
  return [
    ...checkVpcOrCluster(props),
    ...hostTypes.flatMap((type) => checkRegion(type, region)),
    ...checkTaskVolume({
      taskVolumeSize: props.taskVolumeSize,
      instanceStorage: props.instanceStorage?._used,
      taskVolume: props.taskVolume,
      typesWithStorage: hostTypes[0]?._typesWithInstanceStorage ?? [],
      hosts: hostTypes.map((type) => ({ name: type.name, hasInstanceStorage: type.instanceStorage !== undefined })),
    }),
    ...purchase.checkManaged(),
    ...checkInstanceRequirements({
      hosts: hostTypes.map((type) => ({
        name: type.name,
        vCpus: type.vCpus,
        memory: type.memory,
        chips: type.chips,
        networkCards: type.networkCards,
        networkInterfacesPerCard: type.networkInterfacesPerCard,
        instanceStorage: type.instanceStorage,
        acceleratorMemory: type.acceleratorMemory,
        acceleratorName: type.acceleratorName,
      })),
      manufacturer: acceleratorManufacturer,
      acceleratorType,
      acceleratorNames,
      spot: purchase.interruptible,
      requirements: instanceRequirements,
    }),
  ];
}
