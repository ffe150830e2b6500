import { aws_ecs as ecs, aws_logs as logs, Duration, Lazy, Size, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { grantImagePulls } from './image-pull';
import { withInitProcess } from './init-process';
import { checkIsolatedTask } from './isolated-task';
import { ICapacity } from '../capacity/capacity';
import { checkTaskEnvironment } from '../capacity/environment';
import { checkContainerOptions } from '../capacity/task/container-values';
import { expectArchitecture } from '../capacity/task/host-architecture';
import { checkTakenPorts } from '../capacity/task/host-network';
import { plannerOf } from '../capacity/task-planner';
import { enforce, enforceValue } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';

/** The resources of a task. */
export interface Task {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly logGroup?: logs.ILogGroup;
  /** Whether the task as a whole has a memory size, in addition to the memory of its containers. */
  readonly hasTaskMemory: boolean;
}

/**
 * The time that a program has to end its work. It is all that EC2 and Fargate give before they take interruptible capacity back, and the most
 * that Fargate allows. A program that ends earlier is not waited for.
 *
 * @see docs/decisions/0015-tasks-stop-in-order.md
 */
const STOP_TIMEOUT = Duration.minutes(2);

/** Creates a task definition with its main container under `scope`, prepared for its capacity. */
export function makeTask(scope: Construct, props: AcceleratedTaskProps, capacity: ICapacity): Task {
  const planner = plannerOf(capacity);
  const networkMode = planner.networkMode(props);
  enforce(scope, [
    ...checkTaskProps({
      logging: props.container.logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode,
      essential: props.container.essential,
    }),
    ...planner.checkTask(props, networkMode),
    ...checkTaskEnvironment(scope, capacity),
  ]);
  // Warnings follow at synth, for all containers of the task.
  enforceValue(scope.node.path, checkContainerOptions(props.container, networkMode));
  enforceValue(scope.node.path, checkTakenPorts(networkMode, [{ ...props.container, name: props.container.containerName ?? 'main' }]));
  const taskDefinitionProps = planner.taskDefinitionProps(props);
  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    family: props.family,
    taskRole: props.taskRole,
    executionRole: props.executionRole,
    networkMode,
    ...taskDefinitionProps,
  });
  const logGroup = props.container.logging ? undefined : (props.logGroup ?? makeLogGroup(scope, props));
  const container = addMainContainer(taskDefinition, props.container, logGroup);
  const { sharedMemorySize, enableExecuteCommand } = props;
  prepareTask(scope, { taskDefinition, container, capacity, sharedMemorySize, enableExecuteCommand });
  return { taskDefinition, container, logGroup, hasTaskMemory: taskDefinitionProps.memoryMiB !== undefined };
}

/** A task definition to prepare for its capacity. */
export interface TaskToPrepare {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  /** The name of the container, if it is not the first essential one, which the mixins take by default. */
  readonly containerName?: string;
  readonly capacity: ICapacity;
  readonly sharedMemorySize?: Size;
  readonly enableExecuteCommand?: boolean;
}

/** Adds to a task definition what its capacity needs, and checks at synth that it can run there. */
export function prepareTask(scope: Construct, task: TaskToPrepare): void {
  const { taskDefinition, container, containerName, capacity, sharedMemorySize, enableExecuteCommand = false } = task;
  const { hostArchitecture } = plannerOf(capacity);
  taskDefinition.with(...capacity.taskDefinitionMixins({ containerName, sharedMemorySize }));
  withInitProcess(taskDefinition, container.containerName);
  if (hostArchitecture) expectArchitecture(taskDefinition.node.defaultChild as ecs.CfnTaskDefinition, hostArchitecture);
  grantImagePulls(taskDefinition);
  checkIsolatedTask(scope, taskDefinition, capacity, enableExecuteCommand);
}

function makeLogGroup(scope: Construct, props: AcceleratedTaskProps): logs.LogGroup {
  return new logs.LogGroup(scope, 'LogGroup', { retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH });
}

function addMainContainer(
  taskDefinition: ecs.TaskDefinition,
  container: ecs.ContainerDefinitionOptions,
  logGroup: logs.ILogGroup | undefined,
): ecs.ContainerDefinition {
  const name = container.containerName ?? 'main';
  return taskDefinition.addContainer('Container', {
    ...container,
    containerName: name,
    // The L2 requires a number here for EC2. One that resolves to undefined lets the capacity decide.
    memoryReservationMiB: container.memoryReservationMiB ?? (container.memoryLimitMiB === undefined ? undecided() : undefined),
    stopTimeout: container.stopTimeout ?? STOP_TIMEOUT,
    logging: container.logging ?? ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
  });
}

/** A number that resolves to undefined. */
function undecided(): number {
  return Token.asNumber(Lazy.any({ produce: () => undefined }));
}
