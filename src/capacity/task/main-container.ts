import { aws_ecs as ecs } from 'aws-cdk-lib';
import { changeContainers, Container, mainContainer, plannedLinuxParameters } from './task-containers';
import { checkMainContainerExists } from '../../rules/container-rules';
import { enforceAtSynth, Finding } from '../../rules/rule';

/** What a mixin does to the main container of a task. */
export interface MainContainerMixin {
  /** The name of the main container. Undefined for the first essential container. */
  readonly containerName?: string;

  /** Returns the container as the mixin changes it. Called when the task definition is rendered. */
  change(main: Container, containers: Container[]): Container;

  /** Checks the container as it is without the change. Called when the construct tree is complete. */
  check(main: Container, containers: Container[]): Finding[];
}

/**
 * Changes and checks the main container of a task definition. Fails if there is none.
 *
 * @returns a function that reads the containers as they are without the change
 */
export function prepareMainContainer(task: ecs.CfnTaskDefinition, mixin: MainContainerMixin): () => Container[] {
  const { containerName } = mixin;
  const before = changeContainers(task, (containers) => {
    const main = mainContainer(containers, containerName);
    return containers.map((container) => (container === main ? mixin.change(container, containers) : container));
  });
  enforceAtSynth(task, () => {
    const containers = before();
    const main = mainContainer(containers, containerName);
    return main ? mixin.check(main, containers) : checkMainContainerExists(containerName, containers);
  });
  return before;
}

/** A container before it is created, with the properties that mixins check. */
export function plannedContainer(options: ecs.ContainerDefinitionOptions): Container {
  return {
    name: options.containerName ?? 'main',
    image: '',
    environment: Object.entries(options.environment ?? {}).map(([name, value]) => ({ name, value })),
    secrets: Object.keys(options.secrets ?? {}).map((name) => ({ name, valueFrom: '' })),
    linuxParameters: plannedLinuxParameters(options),
    ulimits: options.ulimits,
  };
}
