import { known } from '../rules/rule';

/** The architecture of hosts and of container images, as container platforms spell it. */
export type Architecture = 'amd64' | 'arm64';

/**
 * Instance types with Arm processors: those with a "g" after the number of their generation, A1, and hosts with NVIDIA Grace processors.
 * `ec2.InstanceType.architecture` throws for names that it does not know, such as p6-b200.48xlarge.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
const ARM = /^(a1|[a-z]+\d+g[a-z]*|p\d+e-gb\d+)\./;

/** The architecture of an instance type. Undefined if the type is not known at synth. */
export function architectureOf(instanceType: string): Architecture | undefined {
  if (!known(instanceType)) return undefined;
  return ARM.test(instanceType) ? 'arm64' : 'amd64';
}
