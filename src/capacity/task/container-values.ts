import { aws_ecs as ecs } from 'aws-cdk-lib';
import { givenOptions, givenParameters, ParameterNames } from './given-parameters';
import { Container, environment } from './task-containers';
import { checkContainerValues } from '../../rules/container-value-rules';
import { checkRefusedInAwsvpc } from '../../rules/refused-parameter-rules';
import { Finding, known } from '../../rules/rule';

/** The parameters that ECS refuses in awsvpc network mode. */
const REFUSED_IN_AWSVPC: ParameterNames = { containers: ['extraHosts', 'hostname', 'links'], linuxParameters: [], volumes: [], task: [] };

/** Checks the options of a container before it is created. */
export function checkContainerOptions(container: ecs.ContainerDefinitionOptions, networkMode: string): Finding[] {
  return [
    ...(networkMode === 'awsvpc' ? checkRefusedInAwsvpc(givenOptions(REFUSED_IN_AWSVPC, container)) : []),
    ...checkContainerValues({
      name: container.containerName ?? 'main',
      variables: Object.keys(container.environment ?? {}),
      secrets: Object.keys(container.secrets ?? {}),
      ulimits: container.ulimits ?? [],
    }),
  ];
}

/** Checks the containers of a rendered task definition. The network mode is undefined if it is not known at synth. */
export function checkContainers(task: ecs.CfnTaskDefinition, containers: Container[], networkMode?: string): Finding[] {
  return [
    ...(networkMode === 'awsvpc' ? checkRefusedInAwsvpc(givenParameters(REFUSED_IN_AWSVPC, task, containers)) : []),
    ...containers.flatMap((container) =>
      checkContainerValues({
        name: container.name,
        variables: environment(container).flatMap(({ name }) => (known(name) ? [name] : [])),
        secrets: ((container.secrets ?? []) as ecs.CfnTaskDefinition.SecretProperty[]).map(({ name }) => name),
        ulimits: (container.ulimits ?? []) as ecs.CfnTaskDefinition.UlimitProperty[],
      }),
    ),
  ];
}
