import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { checked } from '../rules/checked';

/** What hosts set up when they start from an image. */
enum Preparation {
  /** Nothing, because the image is complete. */
  NONE = 'NONE',
  /** Hosts set up Docker and the kernel for Gaudi. */
  RUNTIME = 'RUNTIME',
  /** Hosts also install the ECS agent. */
  AGENT_AND_RUNTIME = 'AGENT_AND_RUNTIME',
}

/**
 * The machine image of Gaudi hosts, and what the hosts must set up before they join a cluster.
 *
 * AWS publishes no image for Gaudi that ECS can use as it is, so you provide one, with one of three methods. The image must have Docker and
 * the Gaudi driver. For an Ubuntu image, set `rootDeviceName` to `/dev/sda1`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * const machineImage = GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
 */
@checked
export class GaudiMachineImage {
  /**
   * The image of the vendor on AWS Marketplace. Your account must be subscribed to it. The image has the ECS agent.
   *
   * When a host starts, it makes `habana` the default Docker runtime, because ECS cannot choose a runtime for a task, lets containers lock
   * memory, and reserves huge pages in the kernel. If the runtime is missing, Ubuntu hosts install it from the repository of the vendor.
   * Other hosts without the runtime do not join the cluster.
   *
   * @param image the image, by its ID or by the SSM parameter from AWS Marketplace
   */
  public static marketplace(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.RUNTIME);
  }

  /**
   * A Deep Learning AMI for Habana, with Ubuntu or Amazon Linux. When a host starts, it installs the ECS agent, in addition to what a host
   * from `marketplace` sets up.
   *
   * @param image the image, by its ID
   */
  public static withoutEcsAgent(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.AGENT_AND_RUNTIME);
  }

  /**
   * Your own complete image, for example one built with Packer. Hosts use it as it is, so it must have the ECS agent, and `habana` as the
   * default Docker runtime.
   *
   * @param image the image, by its ID
   */
  public static custom(image: ec2.IMachineImage): GaudiMachineImage {
    return new GaudiMachineImage(image, Preparation.NONE);
  }

  private constructor(
    /** The machine image. */
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
