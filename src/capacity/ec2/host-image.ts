import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { HostImage } from '../../rules/host-image-rules';
import { Architecture } from '../architecture';

/** What an image class of aws-cdk-lib keeps of its props. The names of the SSM parameters are public in some classes only. */
interface Declared {
  readonly parameterName?: unknown;
  readonly amiParameterName?: unknown;
  readonly props?: { readonly filters?: { readonly architecture?: unknown } };
}

/** What is known of a machine image. `config` is what its `getImage()` returned. */
export function describeImage(image: ec2.IMachineImage, config: ec2.MachineImageConfig, resolvedParameter?: string): HostImage {
  const { parameterName, amiParameterName, props } = image as Declared;
  const parameter = [resolvedParameter, parameterName, amiParameterName].find((name): name is string => typeof name === 'string');
  const bottlerocket = ecs.BottleRocketImage.isBottleRocketImage(image) || parameter?.startsWith('/aws/service/bottlerocket/');
  const windows = config.osType === ec2.OperatingSystemType.WINDOWS || parameter?.startsWith('/aws/service/ami-windows-');
  return {
    otherSystem: bottlerocket ? 'Bottlerocket' : windows ? 'Windows' : undefined,
    userData: config.userData !== undefined && config.userData.render() !== ec2.UserData.forLinux().render(),
    architecture: architectureOfParameter(parameter) ?? architectureOfFilter(props?.filters?.architecture),
  };
}

/** The architecture of a public image, by the name of its SSM parameter. Others may have any name. */
function architectureOfParameter(parameter: string | undefined): Architecture | undefined {
  if (!parameter?.startsWith('/aws/service/')) return undefined;
  if (/arm64|aarch64/.test(parameter)) return 'arm64';
  return /x86_64|amd64|^\/aws\/service\/(ecs\/optimized-ami|neuron)\//.test(parameter) ? 'amd64' : undefined;
}

/** The architecture that a lookup asks for, if it is one. */
function architectureOfFilter(filter: unknown): Architecture | undefined {
  const [architecture, ...others]: unknown[] = Array.isArray(filter) ? filter : [];
  if (others.length > 0) return undefined;
  return architecture === 'arm64' ? 'arm64' : architecture === 'x86_64' ? 'amd64' : undefined;
}
