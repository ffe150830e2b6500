import { aws_ecs as ecs, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedTaskProps } from './accelerated-task-props';
import { grantImagePull } from './image-pull';
import { addMainContainer, makeLogGroup, Task } from './task';
import { FargateCapacity } from '../capacity/fargate-capacity';
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
  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    compatibility: capacity.compatibility,
    cpu: Tokenization.stringifyNumber(capacity.cpu),
    memoryMiB: Tokenization.stringifyNumber(capacity.memory.toMebibytes()),
    ephemeralStorageGiB: capacity.ephemeralStorage?.toGibibytes(),
    family: props.family,
    taskRole: props.taskRole,
    executionRole: props.executionRole,
  });
  const logGroup = container.logging ? undefined : (props.logGroup ?? makeLogGroup(scope, props));
  const main = addMainContainer(taskDefinition, container, logGroup);
  grantImagePull(scope, taskDefinition, main.imageName);
  taskDefinition.with(...capacity.taskDefinitionMixins());
  return { taskDefinition, container: main, logGroup };
}
