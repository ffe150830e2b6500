import { aws_ec2 as ec2, Size } from 'aws-cdk-lib';

/**
 * The part of a host's nominal memory that never registers with ECS: the kernel keeps some for itself, and the rest is what the ECS
 * agent and Docker run in. Measured on a small host it is 2.5 %; Karpenter plans with 7.5 %, and so do we.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
 */
const UNREGISTERED_MEMORY = 0.075;

/** cpu units of one vCPU; a container instance registers exactly this many for each. */
const CPU_UNITS_PER_VCPU = 1024;

/** The facts about an instance type that any pool needs, whatever its accelerator. */
export interface AcceleratedInstanceTypeAttributes {
  /**
   * vCPUs of the instance type. A positive whole number, else it is an error.
   */
  readonly vCpus: number;

  /**
   * Nominal memory of the instance type.
   */
  readonly memory: Size;

  /**
   * Accelerator chips of the instance type, as its device paths count them. A positive whole number, else it is an error.
   */
  readonly chips: number;

  /**
   * EC2's name for the accelerator, for example `inferentia2`.
   *
   * @default - not known
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirements.html
   */
  readonly acceleratorName?: string;

  /**
   * Network cards of the instance type.
   *
   * @default 1
   */
  readonly networkCards?: number;

  /**
   * Network interfaces that each network card takes.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
   */
  readonly networkInterfacesPerCard: number;

  /**
   * Elastic Fabric Adapter interfaces that the instance type takes.
   *
   * @default 0 - no EFA
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
   */
  readonly efaInterfaces?: number;

  /**
   * Whether the Elastic Fabric Adapter interfaces read and write the memory of other hosts, RDMA.
   *
   * @default true
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
   */
  readonly efaRdma?: boolean;

  /**
   * Size of the instance's own NVMe storage.
   *
   * @default - no instance storage
   */
  readonly instanceStorage?: Size;

  /**
   * Regions in which the instance type is offered on demand. A pool in another Region gets a warning.
   *
   * @default - not checked
   */
  readonly regions?: string[];

  /**
   * Regions in which the instance type is sold in Capacity Blocks for ML. A pool in a Capacity Block elsewhere gets a warning; none at all
   * means that it isn't sold so.
   *
   * @default - not checked
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html
   */
  readonly capacityBlockRegions?: string[];

  /**
   * Where these facts come from: public pages.
   */
  readonly sources: string[];
}

/**
 * An instance type with the facts that a pool derives its slices from. Each accelerator family extends it with its own.
 */
export abstract class AcceleratedInstanceType {
  /** vCPUs. */
  public readonly vCpus: number;

  /** Nominal memory. */
  public readonly memory: Size;

  /** Accelerator chips. */
  public readonly chips: number;

  /** EC2's name for the accelerator, where it is known. */
  public readonly acceleratorName?: string;

  /** Network cards. */
  public readonly networkCards: number;

  /** Network interfaces that each network card takes. */
  public readonly networkInterfacesPerCard: number;

  /** Elastic Fabric Adapter interfaces, 0 when the type has none. */
  public readonly efaInterfaces: number;

  /** Whether it has Elastic Fabric Adapter interfaces with RDMA. */
  public readonly efaRdma: boolean;

  /** Size of the instance's own NVMe storage, if any. */
  public readonly instanceStorage?: Size;

  /** Regions in which the type is offered on demand, where a public list says so. */
  public readonly regions?: string[];

  /** Regions in which the type is sold in Capacity Blocks for ML, where a public list says so. */
  public readonly capacityBlockRegions?: string[];

  /** Where the facts come from. */
  public readonly sources: string[];

  /**
   * @param name the API name, for example `inf2.xlarge`
   * @param attributes the facts
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
    this.sources = attributes.sources;
  }

  /** The cpu units that a host of this type registers with ECS: 1024 for each vCPU. */
  public get cpuUnits(): number {
    return this.vCpus * CPU_UNITS_PER_VCPU;
  }

  /** The memory that a host of this type surely registers with ECS: nominal memory less 7.5 %, in whole MiB. */
  public get registeredMemory(): Size {
    return Size.mebibytes(Math.floor(this.memory.toMebibytes() * (1 - UNREGISTERED_MEMORY)));
  }

  /**
   * The tasks in `awsvpc` network mode that a host takes without ENI trunking: each takes a network interface, the host itself one.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
   */
  public get maxAwsVpcTasks(): number {
    return this.networkCards * this.networkInterfacesPerCard - 1;
  }

  /**
   * As `maxAwsVpcTasks`, for hosts with Elastic Fabric Adapter: what is surely left, on the network card of the host's own interface and
   * the first EFA one. The other cards may take more.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
   */
  public get maxAwsVpcTasksWithEfa(): number {
    return Math.max(0, this.networkInterfacesPerCard - 2);
  }

  /**
   * Names of the instance types of its family that have Elastic Fabric Adapter, for messages.
   * @internal
   */
  public get _typesWithEfa(): string[] {
    return [];
  }

  /** The instance type as aws-cdk-lib's EC2 constructs take it. */
  public toEc2InstanceType(): ec2.InstanceType {
    return new ec2.InstanceType(this.name);
  }

  /** The API name, for example `inf2.xlarge`. */
  public toString(): string {
    return this.name;
  }
}
