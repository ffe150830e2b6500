import { Arn, ArnFormat, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, Fn, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkImported, checkJobContainer, checkJobTask, checkJobTaskCompatible } from './job-task-rules';
import { MlRunTaskProps } from './ml-run-task-props';
import { ICapacity } from '../capacity/capacity';
import { checkTaskEnvironment } from '../capacity/environment';
import { plannerOf } from '../capacity/task-planner';
import { enforce } from '../rules/rule';
import { makeTask, prepareTask } from '../service/task';

/** The task of a job. */
export interface JobTask {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly networkMode: ecs.NetworkMode;
  /** The name of the main container. */
  readonly containerName: string;
  readonly taskRole: iam.IRole;
  readonly executionRole?: iam.IRole;
  readonly logGroup?: logs.ILogGroup;
  /** Whether the task as a whole has a memory size, in addition to the memory of its containers. */
  readonly hasTaskMemory: boolean;
  /** Whether the main container has a memory limit. */
  readonly memoryLimited: boolean;
  /** What is in the app. Undefined for a task definition that is imported. */
  readonly inApp?: { readonly taskDefinition: ecs.TaskDefinition; readonly container: ecs.ContainerDefinition };
}

/** Creates the task of a job, or prepares the task definition that its props give. */
export function makeJobTask(scope: Construct, props: MlRunTaskProps, capacity: ICapacity): JobTask {
  const { container, taskDefinition } = props;
  enforce(scope, checkJobTask({ ...props, container: container !== undefined, taskDefinition: taskDefinition !== undefined }));
  if (taskDefinition === undefined) return makeTaskDefinition(scope, props, capacity);
  enforce(scope, [...checkJobTaskCompatible(taskDefinition, capacity.compatibility), ...checkTaskEnvironment(scope, capacity)]);
  return isInApp(taskDefinition)
    ? useTaskDefinition(scope, taskDefinition, props, capacity)
    : useImported(scope, taskDefinition, props.containerName, capacity);
}

function makeTaskDefinition(scope: Construct, props: MlRunTaskProps, capacity: ICapacity): JobTask {
  const { launcher, nodes } = props;
  const given = props.container as ecs.ContainerDefinitionOptions;
  const launched = launcher ? { ...given, entryPoint: launcher._entryPoint(nodes) } : given;
  const { taskDefinition, container, logGroup, hasTaskMemory } = makeTask(scope, { ...props, container: launched }, capacity);
  return { ...inApp(taskDefinition, container), logGroup, hasTaskMemory, memoryLimited: given.memoryLimitMiB !== undefined };
}

function useTaskDefinition(scope: Construct, taskDefinition: ecs.TaskDefinition, props: MlRunTaskProps, capacity: ICapacity): JobTask {
  const { containerName, enableExecuteCommand } = props;
  const main = containerName === undefined ? taskDefinition.defaultContainer : taskDefinition.findContainer(containerName);
  enforce(scope, [
    ...checkJobContainer(main !== undefined, containerName),
    // The mixins check the containers at synth, when all are there.
    ...(plannerOf(capacity).checkNetwork?.(taskDefinition.networkMode) ?? []),
  ]);
  const container = main as ecs.ContainerDefinition;
  prepareTask(scope, { taskDefinition, container, containerName, capacity, enableExecuteCommand });
  const { memory } = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  return { ...inApp(taskDefinition, container), hasTaskMemory: memory !== undefined, memoryLimited: container.memoryLimitSpecified };
}

function inApp(taskDefinition: ecs.TaskDefinition, container: ecs.ContainerDefinition) {
  const { taskDefinitionArn, family, networkMode, taskRole } = taskDefinition;
  const { containerName } = container;
  const executionRole = taskDefinition.obtainExecutionRole();
  return { taskDefinitionArn, family, networkMode, containerName, taskRole, executionRole, inApp: { taskDefinition, container } };
}

function isInApp(taskDefinition: ecs.ITaskDefinition): taskDefinition is ecs.TaskDefinition {
  return 'addContainer' in taskDefinition;
}

/** Uses a task definition that another app has registered, and prepared for the capacity. */
function useImported(scope: Construct, taskDefinition: ecs.ITaskDefinition, name: string | undefined, capacity: ICapacity): JobTask {
  const networkMode = said(() => taskDefinition.networkMode);
  const taskRole = said(() => taskDefinition.taskRole);
  enforce(scope, checkImported({ containerName: name, networkMode, taskRole: taskRole !== undefined }));
  const { taskDefinitionArn, executionRole } = taskDefinition;
  return {
    taskDefinitionArn,
    family: familyOf(taskDefinitionArn),
    networkMode: networkMode as ecs.NetworkMode,
    containerName: name as string,
    taskRole: taskRole as iam.IRole,
    executionRole,
    // Only Fargate requires a size of the task, so elsewhere it is not known whose memory a run would override.
    hasTaskMemory: capacity.compatibility === ecs.Compatibility.FARGATE,
    memoryLimited: false,
  };
}

/** What an import says. The L2 throws an error for what it does not say. */
function said<T>(value: () => T): T | undefined {
  try {
    return value();
  } catch {
    return undefined;
  }
}

/** The family in the ARN of a task definition. */
function familyOf(arn: string): string {
  if (Token.isUnresolved(arn)) return Fn.select(0, Fn.split(':', Fn.select(1, Fn.split('/', arn))));
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName?.split(':')[0] ?? arn;
}
