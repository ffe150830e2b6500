import { aws_ec2 as ec2, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const AT_LAUNCH = 'resolve:ssm:';

/** A machine image that keeps the result of `getImage()`. A second call could leave an unused parameter in the template. */
export class RememberedImage implements ec2.IMachineImage {
  private made?: { readonly scope: Construct; readonly imageId: string };

  constructor(private readonly image: ec2.IMachineImage) {}

  public getImage(scope: Construct): ec2.MachineImageConfig {
    const config = this.image.getImage(scope);
    this.made = { scope, imageId: config.imageId };
    return config;
  }

  /** The SSM parameter of the image, after `getImage()` was called. Undefined for images that are given by id or found by a lookup. */
  public get ssmParameter(): string | undefined {
    return this.made && ssmParameterOf(this.made.scope, this.made.imageId);
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
