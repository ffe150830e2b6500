import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkJobContainer, checkJobTask, checkJobTaskCompatible } from './job-task-rules';
import { MlRunTaskProps } from './ml-run-task-props';
import { ICapacity } from '../capacity/capacity';
import { checkTaskEnvironment } from '../capacity/environment';
import { plannerOf } from '../capacity/task-planner';
import { enforce } from '../rules/rule';
import { makeTask, prepareTask, Task } from '../service/task';

/** The task of a job, and whether its main container has a memory limit of its own. */
export interface JobTask extends Task {
  readonly memoryLimited: boolean;
}

/** Creates the task of a job, or prepares the task definition that its props give. */
export function makeJobTask(scope: Construct, props: MlRunTaskProps, capacity: ICapacity): JobTask {
  const { container, taskDefinition, launcher, nodes } = props;
  enforce(scope, checkJobTask({ ...props, container: container !== undefined, taskDefinition: taskDefinition !== undefined }));
  if (taskDefinition) return useTaskDefinition(scope, taskDefinition, props, capacity);
  // The rule above makes sure that there is a container.
  const given = container as ecs.ContainerDefinitionOptions;
  const launched = launcher ? { ...given, entryPoint: launcher._entryPoint(nodes) } : given;
  const task = makeTask(scope, { ...props, container: launched }, capacity);
  return { ...task, memoryLimited: given.memoryLimitMiB !== undefined };
}

function useTaskDefinition(scope: Construct, taskDefinition: ecs.TaskDefinition, props: MlRunTaskProps, capacity: ICapacity): JobTask {
  const { containerName, enableExecuteCommand } = props;
  const main = containerName === undefined ? taskDefinition.defaultContainer : taskDefinition.findContainer(containerName);
  enforce(scope, [
    ...checkJobTaskCompatible(taskDefinition, capacity.compatibility),
    ...checkJobContainer(main !== undefined, containerName),
    ...checkTaskEnvironment(scope, capacity),
  ]);
  const container = main as ecs.ContainerDefinition;
  // The mixins check the containers at synth, when all are there.
  enforce(scope, plannerOf(capacity).checkNetwork?.(taskDefinition.networkMode) ?? []);
  prepareTask(scope, { taskDefinition, container, capacity, enableExecuteCommand });
  const { memory } = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  return { taskDefinition, container, hasTaskMemory: memory !== undefined, memoryLimited: container.memoryLimitSpecified };
}
