import { aws_ecs as ecs, aws_logs as logs, Duration, Lazy, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { grantImagePull } from './image-pull';
import { IEc2Capacity } from '../capacity/capacity';
import { checkContainerFor } from '../capacity/container-checks';
import { plannedLinuxParameters } from '../capacity/task-containers';
import { checkMainContainer } from '../rules/container-rules';
import { enforce } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';
import { checkNetworkMode } from '../rules/slice-rules';

/** What a task is made of. */
export interface Task {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly logGroup?: logs.ILogGroup;
}

const STOP_TIMEOUT = Duration.minutes(2);

/** Makes a task definition under `scope` whose tasks take a slice of a pool each. */
export function makePoolTask(scope: Construct, props: AcceleratedTaskProps, capacity: IEc2Capacity): Task {
  const networkMode = props.networkMode ?? defaultNetworkMode(capacity);
  const mixins = capacity.taskDefinitionMixins({ sharedMemorySize: props.sharedMemorySize });
  checkProps(scope, props, capacity, networkMode);
  enforce(scope, checkContainerFor(mixins, props.container));

  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    compatibility: capacity.compatibility,
    networkMode,
    family: props.family,
    taskRole: props.taskRole,
    executionRole: props.executionRole,
    placementConstraints: capacity.placementConstraints,
  });
  const logGroup = props.container.logging ? undefined : (props.logGroup ?? makeLogGroup(scope, props));
  const container = addMainContainer(taskDefinition, props.container, logGroup);
  grantImagePull(scope, taskDefinition, container.imageName);
  taskDefinition.with(...mixins);
  return { taskDefinition, container, logGroup };
}

function defaultNetworkMode({ tasksPerInstance, poolInstanceType }: IEc2Capacity): ecs.NetworkMode {
  return tasksPerInstance <= poolInstanceType.maxAwsVpcTasks ? ecs.NetworkMode.AWS_VPC : ecs.NetworkMode.BRIDGE;
}

function checkProps(scope: Construct, props: AcceleratedTaskProps, capacity: IEc2Capacity, networkMode: ecs.NetworkMode): void {
  const { cpu, memoryLimitMiB, memoryReservationMiB, logging } = props.container;
  enforce(scope, [
    ...checkTaskProps({
      logging: logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode,
      essential: props.container.essential,
    }),
    ...checkNetworkMode(capacity.poolInstanceType, capacity.tasksPerInstance, networkMode),
    ...checkMainContainer(
      {
        cpu,
        memory: memoryLimitMiB,
        memoryReservation: memoryReservationMiB,
        sharedMemory: plannedLinuxParameters(props.container).sharedMemorySize,
        wantedSharedMemory: props.sharedMemorySize,
      },
      capacity.slice,
    ),
  ]);
}

/** Makes the log group of a task. */
export function makeLogGroup(scope: Construct, props: AcceleratedTaskProps): logs.LogGroup {
  return new logs.LogGroup(scope, 'LogGroup', { retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH });
}

/** Adds the container that does the work, with what it leaves out. */
export function addMainContainer(
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
