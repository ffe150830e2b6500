import { aws_ecs as ecs, CfnResource, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { MappedPort } from '../../rules/partition-rules';
import { known } from '../../rules/rule';

/** A container definition as CloudFormation gets it, with its tokens resolved. */
export type Container = Readonly<ecs.CfnTaskDefinition.ContainerDefinitionProperty>;

/** A device mapping as CloudFormation gets it, with its tokens resolved. */
export type Device = Readonly<ecs.CfnTaskDefinition.DeviceProperty>;

/** A volume of a task as CloudFormation gets it, with its tokens resolved. */
export type Volume = Readonly<ecs.CfnTaskDefinition.VolumeProperty>;

/** Whether a construct is an L1 task definition. Mixins on task definitions apply to it, also if it belongs to an L2. */
export function isTaskDefinition(construct: IConstruct): construct is ecs.CfnTaskDefinition {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::ECS::TaskDefinition';
}

/**
 * Changes the containers of a task definition when it is rendered, including containers that are added later.
 *
 * @returns a function that reads the containers as they are without the change
 */
export function changeContainers(task: ecs.CfnTaskDefinition, change: (containers: Container[]) => Container[]): () => Container[] {
  const before = task.containerDefinitions;
  task.containerDefinitions = Lazy.uncachedAny({ produce: (context) => change(context.resolve(before) ?? []) });
  return () => Stack.of(task).resolve(before) ?? [];
}

/**
 * Adds a volume to a task definition when it is rendered.
 *
 * @returns a function that reads the volumes as they are without the new one
 */
export function addVolume(task: ecs.CfnTaskDefinition, volume: Volume): () => Volume[] {
  const before = task.volumes;
  task.volumes = Lazy.uncachedAny({ produce: (context) => [...(context.resolve(before) ?? []), volume] });
  return () => Stack.of(task).resolve(before) ?? [];
}

const OWN = new WeakMap<ecs.CfnTaskDefinition, Map<string, string>>();

/** The containers that this library adds to a task definition: the image of each name. */
export function ownContainers(task: ecs.CfnTaskDefinition): Map<string, string> {
  let own = OWN.get(task);
  if (!own) OWN.set(task, (own = new Map()));
  return own;
}

/** The container that does the work: the one with the given name, or else the first essential one. */
export function mainContainer(containers: Container[], name?: string): Container | undefined {
  return name === undefined
    ? containers.find((container) => container.essential !== false)
    : containers.find((container) => container.name === name);
}

/** The Linux parameters of a rendered container. */
export function linuxParameters(container: Container): Readonly<ecs.CfnTaskDefinition.LinuxParametersProperty> {
  return (container.linuxParameters ?? {}) as ecs.CfnTaskDefinition.LinuxParametersProperty;
}

/** The Linux parameters of a container before it is created. */
export function plannedLinuxParameters(container: ecs.ContainerDefinitionOptions): Readonly<ecs.CfnTaskDefinition.LinuxParametersProperty> {
  const planned = container.linuxParameters;
  return planned ? Stack.of(planned).resolve(planned.renderLinuxParameters()) : {};
}

/** The name of an image before its container is created. Empty for images that get their name later, such as assets. */
function imageName(image: ecs.ContainerImage): string {
  const { imageName: name } = image as unknown as { readonly imageName?: unknown };
  return typeof name === 'string' ? name : '';
}

/** The memory that a container can take in addition to what it reserves, before it is created. */
export function plannedMemory(options: ecs.ContainerDefinitionOptions): { sharedMemory?: number; tmpfs: number[] } {
  const { sharedMemorySize, tmpfs = [] } = plannedLinuxParameters(options);
  return { sharedMemory: sharedMemorySize, tmpfs: (tmpfs as ecs.CfnTaskDefinition.TmpfsProperty[]).map(({ size }) => size) };
}

/** A container before it is created, with the properties that mixins check. */
export function plannedContainer(options: ecs.ContainerDefinitionOptions): Container {
  return {
    name: options.containerName ?? 'main',
    image: imageName(options.image),
    environment: Object.entries(options.environment ?? {}).map(([name, value]) => ({ name, value })),
    secrets: Object.keys(options.secrets ?? {}).map((name) => ({ name, valueFrom: '' })),
    linuxParameters: plannedLinuxParameters(options),
    resourceRequirements: options.gpuCount === undefined ? undefined : [{ type: 'GPU', value: String(options.gpuCount) }],
    ulimits: options.ulimits,
    stopTimeout: options.stopTimeout?.isUnresolved() ? undefined : options.stopTimeout?.toSeconds(),
  };
}

/** The environment of a rendered container. */
export function environment(container: Container): Readonly<ecs.CfnTaskDefinition.KeyValuePairProperty>[] {
  return (container.environment ?? []) as ecs.CfnTaskDefinition.KeyValuePairProperty[];
}

/** The names of the environment variables of a rendered container, including its secrets. */
export function variableNames(container: Container): string[] {
  const secrets = (container.secrets ?? []) as ecs.CfnTaskDefinition.SecretProperty[];
  return [...environment(container), ...secrets].map((variable) => variable.name ?? '');
}

/**
 * Whether a rendered container sets an environment variable, or may set it: with a name that is not known at synth, or in an environment file.
 */
export function setsVariable(container: Container, variable: string): boolean {
  const names = variableNames(container);
  const files = (container.environmentFiles ?? []) as ecs.CfnTaskDefinition.EnvironmentFileProperty[];
  return names.includes(variable) || names.some((name) => !known(name)) || files.length > 0;
}

/** The mount points of a rendered container. */
export function mountPoints(container: Container): Readonly<ecs.CfnTaskDefinition.MountPointProperty>[] {
  return (container.mountPoints ?? []) as ecs.CfnTaskDefinition.MountPointProperty[];
}

/** The dependencies of a rendered container on other containers. */
export function dependencies(container: Container): Readonly<ecs.CfnTaskDefinition.ContainerDependencyProperty>[] {
  return (container.dependsOn ?? []) as ecs.CfnTaskDefinition.ContainerDependencyProperty[];
}

/** The resources that a rendered container requests from ECS in addition to cpu and memory. */
export function resourceRequirements(container: Container): Readonly<ecs.CfnTaskDefinition.ResourceRequirementProperty>[] {
  return (container.resourceRequirements ?? []) as ecs.CfnTaskDefinition.ResourceRequirementProperty[];
}

/** The device mappings of a rendered container. */
export function devices(container: Container): Device[] {
  return (linuxParameters(container).devices ?? []) as Device[];
}

/** The tmpfs mounts of a rendered container. */
export function tmpfsMounts(container: Container): Readonly<ecs.CfnTaskDefinition.TmpfsProperty>[] {
  return (linuxParameters(container).tmpfs ?? []) as ecs.CfnTaskDefinition.TmpfsProperty[];
}

/** The memory of a task as a whole, in MiB. Undefined if the task has none, or if it is not known at synth. */
export function taskMemoryOf(task: ecs.CfnTaskDefinition): number | undefined {
  const memory: string | number | undefined = Stack.of(task).resolve(task.memory);
  return known(memory) ? Number(memory) : undefined;
}

/**
 * The host ports that a container takes for itself, which is rendered or about to be created. In host mode that is every port, also one that
 * is not known at synth. In bridge mode, such a port may be 0, which means any free port.
 */
export function hostPorts({ portMappings }: { readonly portMappings?: unknown }, networkMode: string): number[] {
  if (networkMode === 'awsvpc') return [];
  const mappings = (portMappings ?? []) as ecs.CfnTaskDefinition.PortMappingProperty[];
  return mappings
    .map((mapping) => (networkMode === 'host' ? (mapping.hostPort ?? mapping.containerPort) : mapping.hostPort))
    .filter((port): port is number => port !== undefined && (known(port) ? port > 0 : networkMode === 'host'));
}

/** The port mappings of a container that is rendered or about to be created. */
export function mappedPorts(
  container: { readonly name: string; readonly portMappings?: unknown },
  networkMode: string,
  main: boolean,
): MappedPort[] {
  const mappings = (container.portMappings ?? []) as ecs.CfnTaskDefinition.PortMappingProperty[];
  return mappings.map(({ containerPort, containerPortRange, hostPort, protocol }) => {
    const [first, last] = known(containerPortRange) ? containerPortRange.split('-').map(Number) : [containerPort, containerPort];
    return {
      container: container.name,
      main,
      containerPorts: [first ?? 0, last ?? first ?? 0],
      hostPort: networkMode === 'host' ? (hostPort ?? containerPort) : hostPort,
      protocol: protocol ?? 'tcp',
    };
  });
}
