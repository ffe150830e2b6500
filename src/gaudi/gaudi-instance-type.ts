import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceType, AcceleratedInstanceTypeAttributes } from '../capacity/accelerated-instance-type';
import { checked } from '../rules/checked';
import { checkInstanceTypeAttributes, typeNamed } from '../rules/instance-type-rules';
import { checkChipSets } from '../rules/topology-rules';

/** Attributes of a Gaudi instance type. */
export interface GaudiInstanceTypeAttributes extends AcceleratedInstanceTypeAttributes {
  /**
   * The device memory of each chip.
   */
  readonly acceleratorMemoryPerChip: Size;

  /**
   * The generation of the Gaudi chips. Must be a positive whole number. A pool of first-generation chips gets a warning, because the
   * current software of the vendor no longer supports them.
   */
  readonly generation: number;
}

/**
 * An EC2 instance type with Gaudi accelerators from Habana Labs, an Intel company.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * GaudiInstanceType.DL1_24_XLARGE.chips; // 8
 */
@checked
export class GaudiInstanceType extends AcceleratedInstanceType {
  /** dl1.24xlarge: 8 first-generation Gaudi chips with 32 GiB each, 96 vCPU, 768 GiB. */
  public static readonly DL1_24_XLARGE = new GaudiInstanceType('dl1.24xlarge', {
    vCpus: 96,
    memory: Size.gibibytes(768),
    chips: 8,
    acceleratorName: 'gaudi-hl-205',
    generation: 1,
    acceleratorMemoryPerChip: Size.gibibytes(32),
    networkCards: 4,
    networkInterfacesPerCard: 15,
    // The launch announcement says four. The table of EFA types no longer lists dl1.
    efaInterfaces: 4,
    instanceStorage: Size.gibibytes(4000),
    regions: ['us-east-1', 'us-west-2'],
    sources: [
      'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html',
      'https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html',
      'https://aws.amazon.com/blogs/compute/amazon-ec2-dl1-instances-deep-dive/',
    ],
  });

  /**
   * Returns the type with the given API name, for example `dl1.24xlarge`. Use it where the name comes from a configuration file.
   *
   * @param name the API name. Must be the name of a type that this class has a constant for
   */
  public static fromName(name: string): GaudiInstanceType {
    return typeNamed(name, GaudiInstanceType.list(), 'Describe another type with `GaudiInstanceType.of()`.');
  }

  /**
   * Creates an instance type that this class has no constant for yet.
   *
   * @param name the API name. Must have the form of, for example, `dl9.24xlarge`
   * @param attributes the attributes of the instance type. Counts must be positive whole numbers
   */
  public static of(name: string, attributes: GaudiInstanceTypeAttributes): GaudiInstanceType {
    checkInstanceTypeAttributes(name, {
      vCpus: attributes.vCpus,
      chips: attributes.chips,
      generation: attributes.generation,
      networkInterfacesPerCard: attributes.networkInterfacesPerCard,
      networkCards: attributes.networkCards ?? 1,
    });
    checkChipSets({ ...attributes, name });
    return new GaudiInstanceType(name, attributes);
  }

  /** Returns all instance types that this class has a constant for. */
  public static list(): GaudiInstanceType[] {
    return [GaudiInstanceType.DL1_24_XLARGE];
  }

  /** The generation of the chips. */
  public readonly generation: number;

  /** The device memory of each chip. */
  public readonly acceleratorMemoryPerChip: Size;

  private constructor(name: string, attributes: GaudiInstanceTypeAttributes) {
    super(name, attributes);
    this.generation = attributes.generation;
    this.acceleratorMemoryPerChip = attributes.acceleratorMemoryPerChip;
  }

  /** @internal */
  public get _typesWithInstanceStorage(): string[] {
    return GaudiInstanceType.list()
      .filter(({ instanceStorage }) => instanceStorage !== undefined)
      .map(({ name }) => name);
  }

  /** The total device memory. */
  public get acceleratorMemory(): Size {
    return Size.gibibytes(this.chips * this.acceleratorMemoryPerChip.toGibibytes());
  }
}
