import { aws_ecs as ecs } from 'aws-cdk-lib';
import { ICapacity } from './capacity';
import { FargateCapacity } from './fargate/fargate-capacity';

/** Whether a capacity has no hosts. */
export function isFargateCapacity(capacity: ICapacity): capacity is FargateCapacity {
  return capacity.compatibility === ecs.Compatibility.FARGATE;
}
