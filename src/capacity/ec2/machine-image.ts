import { aws_ec2 as ec2, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { describeImage } from './host-image';
import { ImageWithoutAgent } from './image-without-agent';
import { HostImage } from '../../rules/host-image-rules';

const AT_LAUNCH = 'resolve:ssm:';

/** A machine image that keeps the result of `getImage()`. A second call could leave an unused parameter in the template. */
export class RememberedImage implements ec2.IMachineImage {
  private made?: { readonly scope: Construct; readonly config: ec2.MachineImageConfig };

  /** The device name of the root volume, if the image says it. */
  public readonly rootDeviceName?: string;

  private readonly image: ec2.IMachineImage;

  /**
   * @param image the image
   * @param withoutAgent whether the image lacks the ECS agent, so that hosts install it
   */
  constructor(
    image: ec2.IMachineImage,
    public readonly withoutAgent: boolean = image instanceof ImageWithoutAgent,
  ) {
    this.rootDeviceName = image instanceof ImageWithoutAgent ? image.rootDeviceName : undefined;
    this.image = image instanceof ImageWithoutAgent ? image._image : image;
  }

  public getImage(scope: Construct): ec2.MachineImageConfig {
    const config = this.image.getImage(scope);
    this.made = { scope, config };
    return config;
  }

  /** The SSM parameter of the image, after `getImage()` was called. Undefined for images that are given by id or found by a lookup. */
  public get ssmParameter(): string | undefined {
    return this.made && ssmParameterOf(this.made.scope, this.made.config.imageId);
  }

  /** What is known of the image, after `getImage()` was called. */
  public get facts(): HostImage {
    return this.made ? describeImage(this.image, this.made.config, this.ssmParameter) : { userData: false };
  }
}

function ssmParameterOf(scope: Construct, imageId: string): string | undefined {
  if (imageId.startsWith(AT_LAUNCH)) return imageId.slice(AT_LAUNCH.length);
  if (!Token.isUnresolved(imageId)) return undefined;
  const stack = Stack.of(scope);
  const reference = stack.resolve(imageId) as { Ref?: string };
  const parameter = stack.node
    .findAll()
    .find((child): child is CfnParameter => child instanceof CfnParameter && stack.resolve(child.logicalId) === reference.Ref);
  return parameter?.type.startsWith('AWS::SSM::Parameter::Value') ? parameter.default : undefined;
}
