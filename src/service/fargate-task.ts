import { aws_ecs as ecs, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { makeTaskDefinition, Task } from './task-parts';
import { FargateCapacity } from '../capacity/fargate/fargate-capacity';
import { checkFargateTask } from '../rules/fargate-rules';
import { enforce } from '../rules/rule';
import { checkTaskProps } from '../rules/service-rules';

/** Makes a task definition under `scope` whose tasks run on Fargate. */
export function makeFargateTask(scope: Construct, props: AcceleratedTaskProps, capacity: FargateCapacity): Task {
  const { container } = props;
  enforce(scope, [
    ...checkFargateTask(props),
    ...checkTaskProps({
      logging: container.logging !== undefined,
      logGroup: props.logGroup !== undefined,
      logRetention: props.logRetention !== undefined,
      securityGroups: props.securityGroups !== undefined,
      networkMode: ecs.NetworkMode.AWS_VPC,
      essential: container.essential,
    }),
  ]);
  return makeTaskDefinition(scope, props, capacity, {
    compatibility: capacity.compatibility,
    cpu: Tokenization.stringifyNumber(capacity.cpu),
    memoryMiB: Tokenization.stringifyNumber(capacity.memory.toMebibytes()),
    ephemeralStorageGiB: capacity.ephemeralStorage?.toGibibytes(),
  });
}
