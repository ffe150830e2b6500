import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ImageWithoutAgent } from '../capacity/ec2/image-without-agent';
import { checked } from '../rules/checked';

const DLAMI = '/aws/service/neuron/dlami/base';

/** Options of `NeuronMachineImage.withoutEcsAgent()`. */
export interface NeuronMachineImageOptions {
  /**
   * The device name of the root volume of the image.
   *
   * @default '/dev/sda1' - as on Ubuntu. For Amazon Linux, use '/dev/xvda'
   */
  readonly rootDeviceName?: string;
}

/**
 * A machine image of Neuron hosts that has the Neuron driver but not the ECS agent, such as a Deep Learning AMI. When a host starts, it
 * installs the agent before it joins its cluster.
 *
 * The default image of a `NeuronCapacity` has the agent and needs none of this. Use a Deep Learning AMI if you need Ubuntu, or the tools
 * and the EFA software that it has. Neuron Deep Learning AMIs do not support Inf1.
 *
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/environments/dlami.html
 *
 * @example
 * new NeuronCapacity(this, 'Pool', {
 *   vpc,
 *   instanceType: NeuronInstanceType.INF2_8_XLARGE,
 *   machineImage: NeuronMachineImage.deepLearningAmiUbuntu2404(),
 * });
 */
@checked
export class NeuronMachineImage extends ImageWithoutAgent {
  /** The newest Neuron Deep Learning Base AMI for Ubuntu 24.04 at each deployment. It has the driver, the Neuron tools and EFA. */
  public static deepLearningAmiUbuntu2404(): NeuronMachineImage {
    return this.withoutEcsAgent(ec2.MachineImage.fromSsmParameter(`${DLAMI}/ubuntu-24.04/latest/image_id`));
  }

  /** The newest Neuron Deep Learning Base AMI for Amazon Linux 2023 at each deployment. It has the driver, the Neuron tools and EFA. */
  public static deepLearningAmiAmazonLinux2023(): NeuronMachineImage {
    const image = ec2.MachineImage.fromSsmParameter(`${DLAMI}/amazon-linux-2023/latest/image_id`);
    return this.withoutEcsAgent(image, { rootDeviceName: '/dev/xvda' });
  }

  /**
   * Another image with the Neuron driver and without the ECS agent, for example a Deep Learning AMI of a fixed version.
   *
   * @param image the image, with Ubuntu or Amazon Linux
   * @param options the device name of its root volume
   */
  public static withoutEcsAgent(image: ec2.IMachineImage, options: NeuronMachineImageOptions = {}): NeuronMachineImage {
    return new NeuronMachineImage(image, options.rootDeviceName ?? '/dev/sda1');
  }

  private constructor(image: ec2.IMachineImage, rootDeviceName: string) {
    super(image, rootDeviceName);
  }
}
