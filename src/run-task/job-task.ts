import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { isEc2Capacity } from '../capacity/is-ec2-capacity';
import { isFargateCapacity } from '../capacity/is-fargate-capacity';
import { AcceleratedTaskProps } from '../service/accelerated-task-props';
import { makeFargateTask } from '../service/fargate-task';
import { makePoolTask, Task } from '../service/task';

/** Makes a task definition under `scope` for whatever capacity it runs on. */
export function makeJobTask(scope: Construct, props: AcceleratedTaskProps, capacity: ICapacity): Task {
  if (isFargateCapacity(capacity)) return makeFargateTask(scope, props, capacity);
  if (isEc2Capacity(capacity)) return makePoolTask(scope, props, capacity);
  throw new Error(`${scope.node.path}: \`capacity\` ${capacity.node.path} is neither an EC2 pool nor Fargate. Give one of those.`);
}
