import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { makeManagedTask } from './managed-task';
import { makeTaskDefinition, Task } from './task-parts';
import { ICapacity, IEc2Capacity } from '../capacity/capacity';
import { checkContainerFor } from '../capacity/container-checks';
import { isEc2Capacity } from '../capacity/is-ec2-capacity';
import { asManagedCapacity } from '../capacity/is-managed-capacity';
import { plannedLinuxParameters } from '../capacity/task-containers';
import { checkMainContainer } from '../rules/container-rules';
import { checkTaskSizeOnPool } from '../rules/managed-task-rules';
import { enforce } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';
import { checkNetworkMode } from '../rules/slice-rules';

/** Makes a task definition under `scope` whose tasks run on a capacity, of whatever kind. */
export function makeTask(scope: Construct, props: AcceleratedTaskProps, capacity: ICapacity): Task {
  return isEc2Capacity(capacity) ? makePoolTask(scope, props, capacity) : makeManagedTask(scope, props, asManagedCapacity(capacity));
}

/** Makes a task definition under `scope` whose tasks take a slice of a pool each. */
export function makePoolTask(scope: Construct, props: AcceleratedTaskProps, capacity: IEc2Capacity): Task {
  const networkMode = props.networkMode ?? defaultNetworkMode(capacity);
  const mixins = capacity.taskDefinitionMixins({ sharedMemorySize: props.sharedMemorySize });
  checkProps(scope, props, capacity, networkMode);
  enforce(scope, checkContainerFor(mixins, props.container));

  const { compatibility, placementConstraints } = capacity;
  return makeTaskDefinition(scope, props, { compatibility, networkMode, placementConstraints }, mixins);
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
    ...checkTaskSizeOnPool(props),
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
