import { aws_ec2 as ec2, Size } from 'aws-cdk-lib';

/**
 * The share of a host's nominal memory that does not register with ECS, because the kernel keeps some of it, and the ECS agent and Docker
 * run in the rest. Measured on a small host, it is 2.5 %. Karpenter plans with 7.5 %, and so does this library.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
 */
const UNREGISTERED_MEMORY = 0.075;

/** The cpu units that a container instance registers for each vCPU. */
export const CPU_UNITS_PER_VCPU = 1024;

/** The facts about an instance type that capacity derives its slices and its checks from, whatever the accelerator. */
export interface AcceleratedInstanceTypeAttributes {
  /**
   * The number of vCPUs. Must be a positive whole number.
   */
  readonly vCpus: number;

  /**
   * The nominal memory.
   */
  readonly memory: Size;

  /**
   * The number of accelerator chips, as the device paths count them. Must be a positive whole number.
   */
  readonly chips: number;

  /**
   * The name of the accelerator in EC2, for example `inferentia2`.
   *
   * @default - not known
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirements.html
   */
  readonly acceleratorName?: string;

  /**
   * The number of network cards. Must be a positive whole number.
   *
   * @default 1
   */
  readonly networkCards?: number;

  /**
   * The maximum number of network interfaces per network card. Must be a positive whole number.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
   */
  readonly networkInterfacesPerCard: number;

  /**
   * The maximum number of Elastic Fabric Adapter (EFA) interfaces, at most one per network card.
   *
   * @default 0 - no EFA
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
   */
  readonly efaInterfaces?: number;

  /**
   * Whether the EFA interfaces support remote direct memory access (RDMA), which reads and writes the memory of other hosts.
   *
   * @default true
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
   */
  readonly efaRdma?: boolean;

  /**
   * The size of the local NVMe instance storage.
   *
   * @default - no instance storage
   */
  readonly instanceStorage?: Size;

  /**
   * The Regions that offer the instance type On-Demand. A pool in another Region causes a warning.
   *
   * @default - not checked
   */
  readonly regions?: string[];

  /**
   * The Regions that sell the instance type in Capacity Blocks for ML. A pool in a Capacity Block in another Region causes a warning. An
   * empty list means that the type is not sold in Capacity Blocks.
   *
   * @default - not checked
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html
   */
  readonly capacityBlockRegions?: string[];

  /**
   * How many chips a set of directly connected chips can have, where chips form a torus: for example `[1, 4, 8, 16]`. A set of n chips
   * begins at a multiple of n. Each must be a whole number from 1 to `chips`. A slice or partition of several chips must be such a set.
   *
   * @default - any contiguous chips are connected
   * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/infrastructure/scheduler.html
   */
  readonly chipSets?: number[];

  /**
   * The public pages that these facts come from.
   */
  readonly sources: string[];
}

/**
 * An instance type, with the facts that capacity derives its slices from. Each accelerator family has a class that extends it.
 */
export abstract class AcceleratedInstanceType {
  /** The number of vCPUs. */
  public readonly vCpus: number;

  /** The nominal memory. */
  public readonly memory: Size;

  /** The number of accelerator chips. */
  public readonly chips: number;

  /** The name of the accelerator in EC2, if it is known. */
  public readonly acceleratorName?: string;

  /** The number of network cards. */
  public readonly networkCards: number;

  /** The maximum number of network interfaces per network card. */
  public readonly networkInterfacesPerCard: number;

  /** The maximum number of Elastic Fabric Adapter (EFA) interfaces, 0 if the type does not support EFA. */
  public readonly efaInterfaces: number;

  /** Whether the type has EFA interfaces that support RDMA. */
  public readonly efaRdma: boolean;

  /** The size of the local NVMe instance storage, if there is any. */
  public readonly instanceStorage?: Size;

  /** The Regions that offer the type On-Demand, if a public list names them. */
  public readonly regions?: string[];

  /** The Regions that sell the type in Capacity Blocks for ML, if a public list names them. */
  public readonly capacityBlockRegions?: string[];

  /** How many chips a set of directly connected chips can have. Undefined if any contiguous chips are connected. */
  public readonly chipSets?: number[];

  /** The public pages that the facts come from. */
  public readonly sources: string[];

  /** The total memory of the accelerators. */
  public abstract readonly acceleratorMemory: Size;

  /**
   * @param name the API name, for example `inf2.xlarge`
   * @param attributes the facts about the instance type
   */
  protected constructor(
    public readonly name: string,
    attributes: AcceleratedInstanceTypeAttributes,
  ) {
    this.vCpus = attributes.vCpus;
    this.memory = attributes.memory;
    this.chips = attributes.chips;
    this.acceleratorName = attributes.acceleratorName;
    this.networkCards = attributes.networkCards ?? 1;
    this.networkInterfacesPerCard = attributes.networkInterfacesPerCard;
    this.efaInterfaces = attributes.efaInterfaces ?? 0;
    this.efaRdma = this.efaInterfaces > 0 && (attributes.efaRdma ?? true);
    this.instanceStorage = attributes.instanceStorage;
    this.regions = attributes.regions;
    this.capacityBlockRegions = attributes.capacityBlockRegions;
    this.chipSets = attributes.chipSets;
    this.sources = attributes.sources;
  }

  /** The cpu units that a host of this type registers with ECS, 1024 per vCPU. */
  public get cpuUnits(): number {
    return this.vCpus * CPU_UNITS_PER_VCPU;
  }

  /** The memory that a host of this type is certain to register with ECS: its nominal memory less 7.5 %, in whole MiB. */
  public get registeredMemory(): Size {
    return Size.mebibytes(Math.floor(this.memory.toMebibytes() * (1 - UNREGISTERED_MEMORY)));
  }

  /**
   * The maximum number of tasks in `awsvpc` network mode on a host without ENI trunking. Each task takes a network interface, and the host
   * itself takes one.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
   */
  public get maxAwsVpcTasks(): number {
    return this.networkCards * this.networkInterfacesPerCard - 1;
  }

  /**
   * The number of tasks in `awsvpc` network mode that are certain to fit on a host with Elastic Fabric Adapter. It counts only the network
   * card that has the interface of the host and the first EFA interface. The other cards may take more tasks.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
   */
  public get maxAwsVpcTasksWithEfa(): number {
    return Math.max(0, this.networkInterfacesPerCard - 2);
  }

  /**
   * The names of the instance types of the same family that support Elastic Fabric Adapter, for messages.
   * @internal
   */
  public get _typesWithEfa(): string[] {
    return [];
  }

  /**
   * The names of the instance types of the same family that have instance storage, for messages.
   * @internal
   */
  public get _typesWithInstanceStorage(): string[] {
    return [];
  }

  /** The instance type as an `ec2.InstanceType`. */
  public toEc2InstanceType(): ec2.InstanceType {
    return new ec2.InstanceType(this.name);
  }

  /** The API name, for example `inf2.xlarge`. */
  public toString(): string {
    return this.name;
  }
}
