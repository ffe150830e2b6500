import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { GivenParameter } from '../../rules/managed-parameter-rules';
import { Container, linuxParameters, plannedLinuxParameters } from '../task/task-containers';

/** The parameters of containers, of Linux parameters, of volumes and of tasks that Managed Instances refuse. */
const OF_CONTAINERS = ['disableNetworking', 'dnsSearchDomains', 'dnsServers', 'dockerSecurityOptions', 'extraHosts', 'hostname', 'links'];
const OF_LINUX = ['maxSwap', 'sharedMemorySize', 'swappiness'];
const OF_VOLUMES = ['dockerVolumeConfiguration', 'fSxWindowsFileServerVolumeConfiguration'];
const OF_TASKS = ['ephemeralStorage', 'ipcMode', 'proxyConfiguration'];

/** The parameters of a rendered task definition that Managed Instances refuse. */
export function refusedParameters(task: ecs.CfnTaskDefinition, containers: Container[]): GivenParameter[] {
  return [
    ...given(resolvedTask(task), OF_TASKS).map((prop) => ({ prop })),
    ...volumes(task)
      .flatMap((volume) => given(volume, OF_VOLUMES))
      .map((prop) => ({ prop })),
    ...containers.flatMap((container) =>
      [...given(container, OF_CONTAINERS), ...given(linuxParameters(container), OF_LINUX), ...inferenceAccelerators(container)].map(
        (prop) => ({
          prop,
          container: container.name,
        }),
      ),
    ),
  ];
}

/** The options of a container that Managed Instances refuse, before it is created. */
export function refusedOptions(container: ecs.ContainerDefinitionOptions): GivenParameter[] {
  return [
    ...given(container, [...OF_CONTAINERS, 'inferenceAcceleratorResources']),
    ...given(plannedLinuxParameters(container), OF_LINUX),
  ].map((prop) => ({ prop, container: container.containerName ?? 'main' }));
}

/** The parameters of a rendered task definition about which the public pages disagree. */
export function disputedParameters(task: ecs.CfnTaskDefinition, containers: Container[]): GivenParameter[] {
  return [
    ...volumes(task)
      .flatMap(({ host }) => given((host ?? {}) as object, ['sourcePath']))
      .map((prop) => ({ prop })),
    ...containers.flatMap((container) => given(container, ['dockerLabels']).map((prop) => ({ prop, container: container.name }))),
  ];
}

function resolvedTask(task: ecs.CfnTaskDefinition): object {
  const { ephemeralStorage, ipcMode, proxyConfiguration } = task;
  return Stack.of(task).resolve({ ephemeralStorage, ipcMode, proxyConfiguration });
}

/** Finds Elastic Inference accelerators of a rendered container. Reading those of the task would print a deprecation warning. */
function inferenceAccelerators({ resourceRequirements }: Container): string[] {
  const requirements = (resourceRequirements ?? []) as ecs.CfnTaskDefinition.ResourceRequirementProperty[];
  return requirements.some(({ type }) => type === 'InferenceAccelerator') ? ['inferenceAcceleratorResources'] : [];
}

function volumes(task: ecs.CfnTaskDefinition): ecs.CfnTaskDefinition.VolumeProperty[] {
  return Stack.of(task).resolve(task.volumes) ?? [];
}

/** The names whose value is set, and is not an empty list, an empty map or `false`. */
function given(of: object, names: string[]): string[] {
  const values = of as Record<string, unknown>;
  return names.filter((name) => {
    const value = values[name];
    const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    return value !== undefined && value !== null && value !== false && !empty;
  });
}
