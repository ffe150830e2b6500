import { aws_ecs as ecs, aws_logs as logs, Duration, Lazy, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { grantImagePulls } from './image-pull';
import { IEc2Capacity } from '../capacity/capacity';
import { checkContainerFor } from '../capacity/container-checks';
import { plannedLinuxParameters } from '../capacity/task-containers';
import { checkMainContainer } from '../rules/container-rules';
import { checkPartitionNamed, checkPartitionNetworkMode } from '../rules/partition-rules';
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
  enforce(scope, checkPartitionNamed(capacity));
  const networkMode = props.networkMode ?? defaultNetworkMode(capacity);
  const options = { sharedMemorySize: props.sharedMemorySize };
  checkProps(scope, props, capacity, networkMode);
  enforce(scope, checkContainerFor(capacity.taskDefinitionMixins(options), props.container));

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
  taskDefinition.with(...capacity.taskDefinitionMixins({ ...options, logGroup }));
  grantImagePulls(taskDefinition);
  return { taskDefinition, container, logGroup };
}

function defaultNetworkMode({ tasksPerInstance, poolInstanceType, slice, efaInterfaces }: IEc2Capacity): ecs.NetworkMode {
  if (slice.hostPorts) return ecs.NetworkMode.BRIDGE;
  const fit = efaInterfaces ? poolInstanceType.maxAwsVpcTasksWithEfa : poolInstanceType.maxAwsVpcTasks;
  if (tasksPerInstance <= fit) return ecs.NetworkMode.AWS_VPC;
  // Tasks that span hosts find each other by the addresses of their hosts. Tasks that share a host would share its ports too.
  return efaInterfaces && tasksPerInstance === 1 ? ecs.NetworkMode.HOST : ecs.NetworkMode.BRIDGE;
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
    ...checkPartitionNetworkMode(capacity.slice.hostPorts, networkMode),
    ...checkNetworkMode(capacity.poolInstanceType, capacity.tasksPerInstance, networkMode, capacity.efaInterfaces !== undefined),
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
