import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { makeFargateTask } from './fargate-task';
import { makeManagedTask } from './managed-task';
import { makeTaskDefinition, Task } from './task-parts';
import { ICapacity, ISlicedCapacity, IEc2Capacity } from '../capacity/capacity';
import { isSlicedCapacity, isEc2Capacity } from '../capacity/is-ec2-capacity';
import { isFargateCapacity } from '../capacity/is-fargate-capacity';
import { asManagedCapacity } from '../capacity/is-managed-capacity';
import { checkContainerFor } from '../capacity/task/container-checks';
import { plannedLinuxParameters } from '../capacity/task/task-containers';
import { checkMainContainer } from '../rules/container-rules';
import { checkTaskSizeOnPool } from '../rules/managed-task-rules';
import { checkPartitionNamed, checkPartitionNetworkMode } from '../rules/partition-rules';
import { enforce, Finding } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';
import { checkAwsVpcFits, checkNetworkMode } from '../rules/slice-rules';

/** Makes a task definition under `scope` whose tasks run on a capacity, of whatever kind. */
export function makeTask(scope: Construct, props: AcceleratedTaskProps, capacity: ICapacity): Task {
  if (isEc2Capacity(capacity)) return makePoolTask(scope, props, capacity);
  if (isFargateCapacity(capacity)) return makeFargateTask(scope, props, capacity);
  return makeManagedTask(scope, props, asManagedCapacity(capacity));
}

/** Makes a task definition under `scope` whose tasks run on a pool, each in a slice where it has such. */
export function makePoolTask(scope: Construct, props: AcceleratedTaskProps, capacity: IEc2Capacity): Task {
  if (isSlicedCapacity(capacity)) enforce(scope, checkPartitionNamed(capacity));
  const networkMode = props.networkMode ?? defaultNetworkMode(capacity);
  checkProps(scope, props, capacity, networkMode);
  enforce(scope, checkContainerFor(capacity.taskDefinitionMixins({ sharedMemorySize: props.sharedMemorySize }), props.container));

  const { compatibility, placementConstraints } = capacity;
  return makeTaskDefinition(scope, props, capacity, { compatibility, networkMode, placementConstraints });
}

function defaultNetworkMode(capacity: IEc2Capacity): ecs.NetworkMode {
  if (capacity.defaultNetworkMode !== undefined) return capacity.defaultNetworkMode;
  return isSlicedCapacity(capacity) ? networkModeOfSlices(capacity) : ecs.NetworkMode.AWS_VPC;
}

function networkModeOfSlices({ tasksPerInstance, poolInstanceType, slice, efaInterfaces }: ISlicedCapacity): ecs.NetworkMode {
  if (slice.hostPorts) return ecs.NetworkMode.BRIDGE;
  const fit = efaInterfaces ? poolInstanceType.maxAwsVpcTasksWithEfa : poolInstanceType.maxAwsVpcTasks;
  if (tasksPerInstance <= fit) return ecs.NetworkMode.AWS_VPC;
  // Tasks that span hosts find each other by the addresses of their hosts. Tasks that share a host would share its ports too.
  return efaInterfaces && tasksPerInstance === 1 ? ecs.NetworkMode.HOST : ecs.NetworkMode.BRIDGE;
}

function checkProps(scope: Construct, props: AcceleratedTaskProps, capacity: IEc2Capacity, networkMode: ecs.NetworkMode): void {
  enforce(scope, [
    ...checkTaskProps({
      logging: props.container.logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode,
      essential: props.container.essential,
    }),
    ...checkTaskSizeOnPool(props, isSlicedCapacity(capacity)),
    ...(isSlicedCapacity(capacity) ? checkSliceProps(props, capacity, networkMode) : []),
    ...checkNetworkMode(networkMode),
  ]);
}

function checkSliceProps(props: AcceleratedTaskProps, capacity: ISlicedCapacity, networkMode: ecs.NetworkMode): Finding[] {
  const { cpu, memoryLimitMiB, memoryReservationMiB } = props.container;
  return [
    ...checkPartitionNetworkMode(capacity.slice.hostPorts, networkMode),
    ...checkAwsVpcFits(capacity.poolInstanceType, capacity.tasksPerInstance, networkMode, capacity.efaInterfaces !== undefined),
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
  ];
}
