import { aws_ecs as ecs } from 'aws-cdk-lib';
import { changeContainers, Container, mainContainer, plannedLinuxParameters } from './task-containers';
import { checkMainContainerExists } from '../../rules/container-rules';
import { enforceAtSynth, Finding } from '../../rules/rule';

/** What a mixin does to the container that does the work, beside the other containers of its task. */
export interface MainContainerMixin {
  /** The container, where it isn't just the first essential one. */
  readonly containerName?: string;

  /** The container as the mixin wants it. Asked when the task definition is rendered. */
  change(main: Container, containers: Container[]): Container;

  /** What the mixin refuses in the container as it is without the mixin. Asked once the tree is complete. */
  check(main: Container, containers: Container[]): Finding[];
}

/**
 * Changes and checks the container of a task definition that does the work. That there is none is an error.
 *
 * @returns reads the containers as they are without the change
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

/** A container that is about to be made, as far as mixins look at it. */
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
