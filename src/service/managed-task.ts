import { aws_ecs as ecs, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { makeTaskDefinition, Task } from './task-parts';
import { IManagedCapacity } from '../capacity/capacity';
import { checkContainerFor } from '../capacity/task/container-checks';
import { checkManagedNetworkMode } from '../rules/managed-parameter-rules';
import { checkTaskSize } from '../rules/managed-task-rules';
import { enforce } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';

/** Makes a task definition under `scope` whose tasks run on Managed Instances. */
export function makeManagedTask(scope: Construct, props: AcceleratedTaskProps, capacity: IManagedCapacity): Task {
  const networkMode = props.networkMode ?? capacity.defaultNetworkMode ?? ecs.NetworkMode.AWS_VPC;
  const taskMemory = props.taskMemory?.toMebibytes();
  enforce(scope, [
    ...checkManagedNetworkMode(networkMode),
    ...checkTaskSize({ ...props, taskMemory }, capacity.hostTypes),
    ...checkTaskProps({
      logging: props.container.logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode,
      essential: props.container.essential,
    }),
    ...checkContainerFor(capacity.taskDefinitionMixins({ sharedMemorySize: props.sharedMemorySize }), props.container),
  ]);
  const { compatibility } = capacity;
  // Placement constraints come by a mixin: the L2 leaves them out for Managed Instances.
  return makeTaskDefinition(scope, props, capacity, { compatibility, networkMode, ...size(props.taskCpu, taskMemory) });
}

/** Size of the task as a whole, as text, which the L2 wants. */
function size(cpu?: number, memoryMiB?: number): Pick<ecs.TaskDefinitionProps, 'cpu' | 'memoryMiB'> {
  const text = (value: number | undefined) => (value === undefined ? undefined : Tokenization.stringifyNumber(value));
  return { cpu: text(cpu), memoryMiB: text(memoryMiB) };
}
