import { aws_ecs as ecs, aws_logs as logs, Duration, Lazy, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { grantImagePulls } from './image-pull';
import { ICapacity } from '../capacity/capacity';

/** What a task is made of. */
export interface Task {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly logGroup?: logs.ILogGroup;
}

const STOP_TIMEOUT = Duration.minutes(2);

/** Makes a task definition with its main container under `scope`, and lets its capacity prepare it. */
export function makeTaskDefinition(
  scope: Construct,
  props: AcceleratedTaskProps,
  capacity: ICapacity,
  taskDefinitionProps: ecs.TaskDefinitionProps,
): Task {
  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    family: props.family,
    taskRole: props.taskRole,
    executionRole: props.executionRole,
    ...taskDefinitionProps,
  });
  const logGroup = props.container.logging ? undefined : (props.logGroup ?? makeLogGroup(scope, props));
  const container = addMainContainer(taskDefinition, props.container, logGroup);
  taskDefinition.with(...capacity.taskDefinitionMixins({ sharedMemorySize: props.sharedMemorySize, logGroup }));
  grantImagePulls(taskDefinition);
  return { taskDefinition, container, logGroup };
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
    // The L2 wants a number here for EC2; one that comes out undefined lets the slice decide.
    memoryReservationMiB: container.memoryReservationMiB ?? (container.memoryLimitMiB === undefined ? undecided() : undefined),
    stopTimeout: container.stopTimeout ?? STOP_TIMEOUT,
    logging: container.logging ?? ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
  });
}

/** A number that isn't given in the end. */
function undecided(): number {
  return Token.asNumber(Lazy.any({ produce: () => undefined }));
}
