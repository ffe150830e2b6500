import { aws_ecs as ecs } from 'aws-cdk-lib';
import { changeContainers, linuxParameters } from '../capacity/task/task-containers';

/**
 * Runs an init process in a container, unless its Linux parameters say whether to.
 *
 * The first process of a container ignores SIGTERM unless it handles it, which many programs do not. Under an init process, the program is not
 * the first one. It also reaps processes that others leave behind, such as those of ECS Exec.
 */
export function withInitProcess(taskDefinition: ecs.TaskDefinition, containerName: string): void {
  changeContainers(taskDefinition.node.defaultChild as ecs.CfnTaskDefinition, (containers) =>
    containers.map((container) =>
      container.name === containerName
        ? { ...container, linuxParameters: { initProcessEnabled: true, ...given(linuxParameters(container)) } }
        : container,
    ),
  );
}

/** The properties that are given. */
function given<T extends object>(properties: T): Partial<T> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Partial<T>;
}
