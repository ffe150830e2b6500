import { Size } from 'aws-cdk-lib';
import { NEURON_INSTANCE_CATALOG } from './neuron-instance-catalog';
import { LogicalNeuronCoreConfig, ManagedInstancesSupport, NeuronInstanceTypeAttributes } from './neuron-instance-type-attributes';
import { AcceleratedInstanceType } from '../capacity/accelerated-instance-type';
import { checked } from '../rules/checked';
import { checkInstanceTypeAttributes, typeNamed } from '../rules/instance-type-rules';
import { checkChipSets } from '../rules/topology-rules';

/** The instance type of each row of the catalog, so that each has a single object. */
const ROWS = new Map<string, NeuronInstanceType>();

/**
 * An EC2 instance type with AWS Neuron chips, that is, AWS Inferentia or AWS Trainium.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * const type = NeuronInstanceType.INF2_48_XLARGE;
 * type.chips; // 12
 * type.devicePaths; // '/dev/neuron0' to '/dev/neuron11'
 */
@checked
export class NeuronInstanceType extends AcceleratedInstanceType {
  /** inf1.xlarge: 1 Inferentia chip with 4 NeuronCores, 4 vCPU, 8 GiB. */
  public static readonly INF1_XLARGE = NeuronInstanceType.row('inf1.xlarge');

  /** inf1.2xlarge: 1 Inferentia chip with 4 NeuronCores, 8 vCPU, 16 GiB. */
  public static readonly INF1_2_XLARGE = NeuronInstanceType.row('inf1.2xlarge');

  /** inf1.6xlarge: 4 Inferentia chips with 16 NeuronCores, 24 vCPU, 48 GiB. */
  public static readonly INF1_6_XLARGE = NeuronInstanceType.row('inf1.6xlarge');

  /** inf1.24xlarge: 16 Inferentia chips with 64 NeuronCores, 96 vCPU, 192 GiB. */
  public static readonly INF1_24_XLARGE = NeuronInstanceType.row('inf1.24xlarge');

  /** inf2.xlarge: 1 Inferentia2 chip with 2 NeuronCores, 4 vCPU, 16 GiB. */
  public static readonly INF2_XLARGE = NeuronInstanceType.row('inf2.xlarge');

  /** inf2.8xlarge: 1 Inferentia2 chip with 2 NeuronCores, 32 vCPU, 128 GiB. */
  public static readonly INF2_8_XLARGE = NeuronInstanceType.row('inf2.8xlarge');

  /** inf2.24xlarge: 6 Inferentia2 chips with 12 NeuronCores, 96 vCPU, 384 GiB. */
  public static readonly INF2_24_XLARGE = NeuronInstanceType.row('inf2.24xlarge');

  /** inf2.48xlarge: 12 Inferentia2 chips with 24 NeuronCores, 192 vCPU, 768 GiB. */
  public static readonly INF2_48_XLARGE = NeuronInstanceType.row('inf2.48xlarge');

  /** trn1.2xlarge: 1 Trainium chip with 2 NeuronCores, 8 vCPU, 32 GiB. */
  public static readonly TRN1_2_XLARGE = NeuronInstanceType.row('trn1.2xlarge');

  /** trn1.32xlarge: 16 Trainium chips with 32 NeuronCores, 128 vCPU, 512 GiB, 8 EFA interfaces. */
  public static readonly TRN1_32_XLARGE = NeuronInstanceType.row('trn1.32xlarge');

  /** trn1n.32xlarge: 16 Trainium chips with 32 NeuronCores, 128 vCPU, 512 GiB, 16 EFA interfaces. */
  public static readonly TRN1_N_32_XLARGE = NeuronInstanceType.row('trn1n.32xlarge');

  /** trn2.3xlarge: 1 Trainium2 chip with 8 physical NeuronCores, 12 vCPU, 128 GiB. */
  public static readonly TRN2_3_XLARGE = NeuronInstanceType.row('trn2.3xlarge');

  /** trn2.48xlarge: 16 Trainium2 chips with 128 physical NeuronCores, 192 vCPU, 2048 GiB, 16 EFA interfaces. */
  public static readonly TRN2_48_XLARGE = NeuronInstanceType.row('trn2.48xlarge');

  /** trn2u.48xlarge: 16 Trainium2 chips with 128 physical NeuronCores, 192 vCPU, 2048 GiB, in an UltraServer. */
  public static readonly TRN2_U_48_XLARGE = NeuronInstanceType.row('trn2u.48xlarge');

  /**
   * Returns the type with the given API name, for example `inf2.48xlarge`. Use it where the name comes from a configuration file.
   *
   * @param name the API name. Must be the name of a type that this class has a constant for
   */
  public static fromName(name: string): NeuronInstanceType {
    return typeNamed(name, NeuronInstanceType.list(), 'Describe another type with `NeuronInstanceType.of()`.');
  }

  /**
   * Creates an instance type that this class has no constant for yet.
   *
   * @param name the API name. Must have the form of, for example, `trn9.xlarge`
   * @param attributes the attributes of the instance type. Counts must be positive whole numbers
   */
  public static of(name: string, attributes: NeuronInstanceTypeAttributes): NeuronInstanceType {
    checkInstanceTypeAttributes(name, {
      vCpus: attributes.vCpus,
      chips: attributes.chips,
      neuronCoresPerChip: attributes.neuronCoresPerChip,
      networkInterfacesPerCard: attributes.networkInterfacesPerCard,
      networkCards: attributes.networkCards ?? 1,
    });
    checkChipSets({ ...attributes, name });
    return new NeuronInstanceType(name, attributes);
  }

  /** Returns all instance types that this class has a constant for. */
  public static list(): NeuronInstanceType[] {
    return (Object.keys(NEURON_INSTANCE_CATALOG) as (keyof typeof NEURON_INSTANCE_CATALOG)[]).map((name) => NeuronInstanceType.row(name));
  }

  private static row(name: keyof typeof NEURON_INSTANCE_CATALOG): NeuronInstanceType {
    const row = ROWS.get(name) ?? new NeuronInstanceType(name, NEURON_INSTANCE_CATALOG[name]);
    ROWS.set(name, row);
    return row;
  }

  /** The number of physical NeuronCores of each chip. */
  public readonly neuronCoresPerChip: number;

  /** Whether the runtime groups physical NeuronCores into logical NeuronCores. */
  public readonly hasLogicalNeuronCores: boolean;

  /** The device memory of each chip. */
  public readonly acceleratorMemoryPerChip: Size;

  /** Whether ECS Managed Instances support the instance type. */
  public readonly managedInstances: ManagedInstancesSupport;

  private constructor(name: string, attributes: NeuronInstanceTypeAttributes) {
    super(name, attributes);
    this.neuronCoresPerChip = attributes.neuronCoresPerChip;
    this.hasLogicalNeuronCores = attributes.logicalNeuronCores ?? false;
    this.acceleratorMemoryPerChip = attributes.acceleratorMemoryPerChip;
    this.managedInstances = attributes.managedInstances ?? ManagedInstancesSupport.DISPUTED;
  }

  /**
   * Whether the chips are first-generation Inferentia, as on Inf1.
   *
   * @internal
   */
  public get _isInferentia1(): boolean {
    return this.acceleratorName === 'inferentia';
  }

  /** The total number of physical NeuronCores. */
  public get neuronCores(): number {
    return this.chips * this.neuronCoresPerChip;
  }

  /** The total device memory. */
  public get acceleratorMemory(): Size {
    return Size.gibibytes(this.chips * this.acceleratorMemoryPerChip.toGibibytes());
  }

  /** The device paths of all chips on the host: `/dev/neuron0`, `/dev/neuron1` and so on. */
  public get devicePaths(): string[] {
    return Array.from({ length: this.chips }, (_, index) => `/dev/neuron${index}`);
  }

  /** @internal */
  public get _typesWithEfa(): string[] {
    return NeuronInstanceType.list()
      .filter(({ efaInterfaces }) => efaInterfaces > 0)
      .map(({ name }) => name);
  }

  /** @internal */
  public get _typesWithInstanceStorage(): string[] {
    return NeuronInstanceType.list()
      .filter(({ instanceStorage }) => instanceStorage !== undefined)
      .map(({ name }) => name);
  }

  /**
   * Returns the total number of NeuronCores that the runtime counts.
   *
   * @param config the number of physical NeuronCores in a logical one. Has no effect on types without logical NeuronCores
   */
  public logicalNeuronCores(config: LogicalNeuronCoreConfig = LogicalNeuronCoreConfig.LNC_2): number {
    return this.hasLogicalNeuronCores ? this.neuronCores / Number(config) : this.neuronCores;
  }
}
