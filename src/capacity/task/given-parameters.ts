import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Container, linuxParameters, plannedLinuxParameters } from './task-containers';
import { GivenParameter } from '../../rules/refused-parameter-rules';

/** Names of parameters, by where they stand. */
export interface ParameterNames {
  readonly containers: string[];
  readonly linuxParameters: string[];
  readonly volumes: string[];
  readonly task: string[];
}

/** The parameters of a rendered task definition that have one of the names, and a value. */
export function givenParameters(names: ParameterNames, task: ecs.CfnTaskDefinition, containers: Container[]): GivenParameter[] {
  return [
    ...given(resolvedTask(task), names.task).map((prop) => ({ prop })),
    ...volumesOf(task)
      .flatMap((volume) => given(volume, names.volumes))
      .map((prop) => ({ prop })),
    ...containers.flatMap((container) =>
      [...given(container, names.containers), ...given(linuxParameters(container), names.linuxParameters)].map((prop) => ({
        prop,
        container: container.name,
      })),
    ),
  ];
}

/** The options of a container that have one of the names, and a value, before it is created. */
export function givenOptions(names: ParameterNames, container: ecs.ContainerDefinitionOptions): GivenParameter[] {
  return [...given(container, names.containers), ...given(plannedLinuxParameters(container), names.linuxParameters)].map((prop) => ({
    prop,
    container: container.containerName ?? 'main',
  }));
}

/** The volumes of a rendered task definition. */
export function volumesOf(task: ecs.CfnTaskDefinition): ecs.CfnTaskDefinition.VolumeProperty[] {
  return Stack.of(task).resolve(task.volumes) ?? [];
}

/** The names whose value is set, and is not an empty list, an empty map or `false`. */
export function given(of: object, names: string[]): string[] {
  const values = of as Record<string, unknown>;
  return names.filter((name) => {
    const value = values[name];
    const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    return value !== undefined && value !== null && value !== false && !empty;
  });
}

function resolvedTask(task: ecs.CfnTaskDefinition): object {
  const { ephemeralStorage, ipcMode, placementConstraints, proxyConfiguration } = task;
  return Stack.of(task).resolve({ ephemeralStorage, ipcMode, placementConstraints, proxyConfiguration });
}
