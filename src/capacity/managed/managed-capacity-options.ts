import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Size } from 'aws-cdk-lib';
import { ManagedScaleIn } from './managed-scale-in';
import { InstanceStorage } from '../instance-storage';
import { PurchaseOption } from '../purchase/purchase-option';

/**
 * The storage of the task volume of a managed host. The task volume holds images, logs and what containers write.
 *
 * @deprecated Use `InstanceStorage`.
 */
export enum ManagedTaskVolume {
  /** An encrypted EBS volume. */
  EBS = 'EBS',
  /**
   * The local NVMe instance storage, all of it as one volume. Its data is lost with the instance. Types without instance storage get an EBS
   * volume.
   */
  INSTANCE_STORAGE = 'INSTANCE_STORAGE',
}

/** Options of every Managed Instances capacity, whatever its accelerator. */
export interface ManagedCapacityOptions {
  /**
   * The VPC of the capacity's own cluster. Give exactly one of `vpc` and `cluster`.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to join. It can belong to the same stack or another stack, or be imported. A cluster that has capacity providers of another
   * kind causes a warning.
   *
   * @default - a new cluster in `vpc`, with Container Insights
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The subnets of hosts and tasks. Isolated subnets without a default route must have VPC endpoints, see `EcsVpcEndpoints`. Public subnets
   * cause a warning.
   *
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the hosts, and of tasks in host network mode.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * How the hosts are bought. Must be On-Demand, Spot without a price limit in dollars, or a resource group of capacity reservations.
   *
   * @default PurchaseOption.onDemand()
   */
  readonly purchaseOption?: PurchaseOption;

  /**
   * Requirements that hosts must meet in addition to their instance type. Each of the given instance types must meet them.
   * `allowedInstanceTypes` and `excludedInstanceTypes` must be left out. Price protection is off unless you set it here.
   *
   * @default - at least the vCPUs and the memory of the smallest instance type
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html
   */
  readonly instanceRequirements?: ec2.InstanceRequirementsConfig;

  /**
   * The names of accelerators that also select the hosts. They must match the accelerators of the instance types. Setting them causes a
   * warning, because the public pages disagree about these names.
   *
   * @default - none: only the instance types select the hosts
   */
  readonly acceleratorNames?: ec2.AcceleratorName[];

  /**
   * Whether images, logs and what containers write are on the NVMe disks of the hosts. At least one of the instance types must have them.
   * Types that have none use EBS.
   *
   * @default - the default of ECS: an EBS volume
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesLocalStorageConfiguration.html
   */
  readonly instanceStorage?: InstanceStorage;

  /**
   * The storage of the task volume. Cannot be combined with `instanceStorage`.
   *
   * @deprecated Use `instanceStorage`: `InstanceStorage.RAID0` for `ManagedTaskVolume.INSTANCE_STORAGE`.
   * @default - see `instanceStorage`
   */
  readonly taskVolume?: ManagedTaskVolume;

  /**
   * The size of the task volume on EBS. Must be from 30 to 16,384 GiB. Must be left out if all instance types use their instance storage.
   *
   * @default Size.gibibytes(100) - Neuron and Gaudi images take 10 to 20 GiB each; the default of ECS is 80 GiB
   */
  readonly taskVolumeSize?: Size;

  /**
   * Whether ECS replaces hosts that it finds impaired, for example by a broken accelerator.
   *
   * @default - the default of ECS
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoRepairConfiguration.html
   */
  readonly autoRepair?: boolean;

  /**
   * When ECS removes idle or underused hosts.
   *
   * @default - ECS decides
   */
  readonly scaleIn?: ManagedScaleIn;

  /**
   * Whether hosts use cryptographic modules that are validated under FIPS 140.
   *
   * @default - the default of ECS: only in Regions that require it
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html
   */
  readonly fips?: boolean;

  /**
   * Whether hosts get the tags of the capacity provider.
   *
   * @default ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER - so that the hosts appear in cost reports by tag
   */
  readonly propagateTags?: ecs.PropagateManagedInstancesTags;

  /**
   * Whether the tags of a host can be read from its instance metadata.
   *
   * @default - the default of ECS: they can be read
   */
  readonly instanceMetadataTags?: boolean;

  /**
   * How often CloudWatch gets the metrics of hosts.
   *
   * @default ecs.InstanceMonitoring.DETAILED - every minute
   */
  readonly monitoring?: ecs.InstanceMonitoring;

  /**
   * The role that ECS uses to start and stop hosts. It needs the permissions of `AmazonECSInfrastructureRolePolicyForManagedInstances`. The
   * permission to pass the instance role is added to it.
   *
   * @default - a new role with that policy
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
   */
  readonly infrastructureRole?: iam.IRole;

  /**
   * The role of the hosts, which can have any name. It needs the permissions of `AmazonECSInstanceRolePolicyForManagedInstances`. Tasks
   * have their own roles.
   *
   * @default - a new role with that policy
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
   */
  readonly instanceRole?: iam.IRole;
}
