import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ImageVerdict } from '../rules/machine-image-rules';

/** What hosts do when they start from an image. */
enum Preparation {
  /** Nothing: the image is complete. */
  NONE = 'NONE',
  /** Docker and the kernel are set up for Gaudi. */
  RUNTIME = 'RUNTIME',
  /** The ECS agent is installed, too. */
  AGENT_AND_RUNTIME = 'AGENT_AND_RUNTIME',
}

/**
 * The image that Gaudi hosts start from, and what they have to do to join a cluster.
 *
 * AWS publishes none that ECS can use as it is, so one is given, in one of three ways. All of them have Docker and the Gaudi driver. Ubuntu
 * images have `/dev/sda1` as `rootDeviceName`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * const machineImage = GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
 */
export class GaudiMachineImage {
  /**
   * The vendor's image on AWS Marketplace, to which your account is subscribed. It has the ECS agent; hosts make `habana` the default
   * runtime of Docker, for ECS can't choose one for a task, and give containers locked memory and the kernel huge pages. On Ubuntu they
   * install the runtime from the vendor's repository if it is missing; elsewhere a host without it doesn't join.
   *
   * @param image the image, by its id or by the SSM parameter that Marketplace gives
   */
  public static marketplace(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.RUNTIME);
  }

  /**
   * A Deep Learning AMI for Habana, Ubuntu or Amazon Linux. Hosts install the ECS agent, and then do as those from Marketplace.
   *
   * @param image the image, by its id
   */
  public static withoutEcsAgent(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.AGENT_AND_RUNTIME);
  }

  /**
   * An image of your own, for example built with Packer, taken as it is: the ECS agent is there, and `habana` is the default runtime.
   *
   * @param image the image, by its id
   */
  public static custom(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.NONE);
  }

  private constructor(
    /** The image. */
    public readonly image: ec2.IMachineImage,
    private readonly preparation: Preparation,
  ) {}

  /** Whether hosts install the ECS agent. */
  public get installsEcsAgent(): boolean {
    return this.preparation === Preparation.AGENT_AND_RUNTIME;
  }

  /** Whether hosts set up Docker and the kernel for Gaudi. */
  public get configuresRuntime(): boolean {
    return this.preparation !== Preparation.NONE;
  }
}

const USE = 'Use an image with the Gaudi driver, see GaudiMachineImage.';

/** Public images that no Gaudi host can run. */
export const GAUDI_IMAGE_VERDICTS: ImageVerdict[] = [
  { parameter: /^\/aws\/service\/(ecs|neuron)\//, verdict: 'unfit', because: `it has no Gaudi driver. ${USE}` },
  { parameter: /^\/aws\/service\/(ami-|canonical|debian)/, verdict: 'unfit', because: `it has neither Gaudi driver nor ECS agent. ${USE}` },
];
