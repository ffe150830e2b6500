import { aws_ec2 as ec2, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const AT_LAUNCH = 'resolve:ssm:';

/** The SSM parameter that a machine image comes from; undefined for images given by id or found by a look-up. */
export function ssmParameterOf(scope: Construct, image: ec2.IMachineImage): string | undefined {
  const { imageId } = image.getImage(scope);
  if (imageId.startsWith(AT_LAUNCH)) return imageId.slice(AT_LAUNCH.length);
  if (!Token.isUnresolved(imageId)) return undefined;
  const stack = Stack.of(scope);
  const reference = stack.resolve(imageId) as { Ref?: string };
  const parameter = stack.node
    .findAll()
    .find((child): child is CfnParameter => child instanceof CfnParameter && stack.resolve(child.logicalId) === reference.Ref);
  return parameter?.type.startsWith('AWS::SSM::Parameter::Value') ? parameter.default : undefined;
}
