import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Size } from 'aws-cdk-lib';
import { ManagedScaleIn } from './managed-scale-in';
import { PurchaseOption } from '../purchase/purchase-option';

/** What the task volume of a managed host is: what holds images, logs, and what containers write. */
export enum ManagedTaskVolume {
  /** An encrypted EBS volume. */
  EBS = 'EBS',
  /** The instance's own NVMe storage, all of it as one volume, gone with the instance. Types without get an EBS volume. */
  INSTANCE_STORAGE = 'INSTANCE_STORAGE',
}

/** Options that every Managed Instances capacity takes, whatever its accelerator. */
export interface ManagedCapacityOptions {
  /**
   * The VPC of the capacity's own cluster. Give this or `cluster`; both or neither is an error.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to join, of this stack, another one, or imported. One that has capacity providers of another kind is a warning.
   *
   * @default - a cluster of the capacity's own in `vpc`, with Container Insights
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The subnets to place hosts and tasks in. Isolated subnets without a default route need VPC endpoints, see `EcsVpcEndpoints`; their
   * absence is an error. Public subnets are a warning.
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
   * How the hosts are bought. A price limit of Spot in dollars is an error.
   *
   * @default PurchaseOption.onDemand()
   */
  readonly purchaseOption?: PurchaseOption;

  /**
   * What hosts must have beside being of the named instance types. Requirements that one of these doesn't meet are an error, and so are
   * `allowedInstanceTypes` and `excludedInstanceTypes`. Price protection is off unless you set it here.
   *
   * @default - at least the vCPUs and memory of the smallest of the types
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html
   */
  readonly instanceRequirements?: ec2.InstanceRequirementsConfig;

  /**
   * Names of accelerators to select hosts by too. Names that don't fit the instance types are an error; any are a warning, for the public
   * pages list them differently.
   *
   * @default - not used: the instance types select the hosts
   */
  readonly acceleratorNames?: ec2.AcceleratorName[];

  /**
   * What holds images, logs, and what containers write. Instance storage that none of the types has is an error.
   *
   * @default ManagedTaskVolume.EBS
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesLocalStorageConfiguration.html
   */
  readonly taskVolume?: ManagedTaskVolume;

  /**
   * Size of the task volume on EBS, from 30 to 16,384 GiB, else it is an error. Also an error where all types use their instance storage.
   *
   * @default Size.gibibytes(100) - Neuron and Gaudi images take 10 to 20 GiB each; that of ECS would be 80
   */
  readonly taskVolumeSize?: Size;

  /**
   * Whether ECS replaces hosts that it finds impaired, by a broken accelerator for example.
   *
   * @default - not said: as ECS has it
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoRepairConfiguration.html
   */
  readonly autoRepair?: boolean;

  /**
   * When ECS takes idle or underused hosts away.
   *
   * @default - as ECS sees fit
   */
  readonly scaleIn?: ManagedScaleIn;

  /**
   * Whether hosts use cryptographic modules that are validated under FIPS 140.
   *
   * @default - as ECS has it: only where the Region asks for it
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html
   */
  readonly fips?: boolean;

  /**
   * Whether hosts get the tags of the capacity provider.
   *
   * @default ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER - so that cost reports find them
   */
  readonly propagateTags?: ecs.PropagateManagedInstancesTags;

  /**
   * Whether the tags of a host can be read in its metadata.
   *
   * @default - as ECS has it: they can
   */
  readonly instanceMetadataTags?: boolean;

  /**
   * How often CloudWatch gets the metrics of hosts.
   *
   * @default ecs.InstanceMonitoring.DETAILED - each minute
   */
  readonly monitoring?: ecs.InstanceMonitoring;

  /**
   * The role that ECS starts and stops hosts with. Give it what `AmazonECSInfrastructureRolePolicyForManagedInstances` has; that it may pass
   * the instance role is added here.
   *
   * @default - a new role with that policy
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
   */
  readonly infrastructureRole?: iam.IRole;

  /**
   * The role of the hosts, of any name. Give it what `AmazonECSInstanceRolePolicyForManagedInstances` has. Tasks have roles of their own.
   *
   * @default - a new role with that policy
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
   */
  readonly instanceRole?: iam.IRole;
}
