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

/** The architecture of the hosts of a task. */
export interface HostArchitecture {
  /** What has the architecture, for messages. */
  readonly hosts: string;
  /** The architecture. Undefined if it is not known at synth. */
  readonly architecture?: Architecture;
  /** Whether the task definition can choose another architecture. */
  readonly taskDecides?: boolean;
}

/** The architecture of the hosts of an instance type. */
export function hostArchitecture(instanceType: string): HostArchitecture {
  return { hosts: instanceType, architecture: architectureOf(instanceType) };
}
