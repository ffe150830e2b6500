import { Size } from 'aws-cdk-lib';
import { AcceleratedInstanceType, AcceleratedInstanceTypeAttributes } from '../capacity/accelerated-instance-type';
import { checkInstanceTypeAttributes } from '../rules/instance-type-rules';

/** The facts about a Gaudi instance type. */
export interface GaudiInstanceTypeAttributes extends AcceleratedInstanceTypeAttributes {
  /**
   * Device memory of each chip.
   */
  readonly acceleratorMemoryPerChip: Size;

  /**
   * The generation of its Gaudi chips. A positive whole number, else it is an error; 1 is a warning, for the vendor's current software
   * has left it behind.
   */
  readonly generation: number;
}

/**
 * An EC2 instance type with Gaudi accelerators of Habana Labs (Intel), and what the library must know of it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * GaudiInstanceType.DL1_24XLARGE.chips; // 8
 */
export class GaudiInstanceType extends AcceleratedInstanceType {
  /** dl1.24xlarge: 8 first-generation Gaudi chips with 32 GiB each, 96 vCPU, 768 GiB. */
  public static readonly DL1_24XLARGE = new GaudiInstanceType('dl1.24xlarge', {
    vCpus: 96,
    memory: Size.gibibytes(768),
    chips: 8,
    acceleratorName: 'gaudi-hl-205',
    generation: 1,
    acceleratorMemoryPerChip: Size.gibibytes(32),
    networkCards: 4,
    networkInterfacesPerCard: 15,
    // The launch announcement says four; the table of EFA types doesn't list dl1 any more.
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
   * An instance type that has no row here yet.
   *
   * @param name the API name, for example `dl9.24xlarge`; other forms are an error
   * @param attributes its facts; counts that aren't positive whole numbers are an error
   */
  public static of(name: string, attributes: GaudiInstanceTypeAttributes): GaudiInstanceType {
    checkInstanceTypeAttributes(name, {
      vCpus: attributes.vCpus,
      chips: attributes.chips,
      generation: attributes.generation,
      networkInterfacesPerCard: attributes.networkInterfacesPerCard,
      networkCards: attributes.networkCards ?? 1,
    });
    return new GaudiInstanceType(name, attributes);
  }

  /** Every instance type that has a row of its own. */
  public static list(): GaudiInstanceType[] {
    return [GaudiInstanceType.DL1_24XLARGE];
  }

  /** The generation of the chips. */
  public readonly generation: number;

  /** Device memory of each chip. */
  public readonly acceleratorMemoryPerChip: Size;

  private constructor(name: string, attributes: GaudiInstanceTypeAttributes) {
    super(name, attributes);
    this.generation = attributes.generation;
    this.acceleratorMemoryPerChip = attributes.acceleratorMemoryPerChip;
  }

  /** Device memory in all. */
  public get acceleratorMemory(): Size {
    return Size.gibibytes(this.chips * this.acceleratorMemoryPerChip.toGibibytes());
  }
}
