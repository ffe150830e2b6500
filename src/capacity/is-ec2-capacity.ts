import { aws_ecs as ecs } from 'aws-cdk-lib';
import { ICapacity, ISlicedCapacity, IEc2Capacity } from './capacity';

/** Whether a capacity is a pool of EC2 hosts. */
export function isEc2Capacity(capacity: ICapacity): capacity is IEc2Capacity {
  return capacity.compatibility === ecs.Compatibility.EC2;
}

/** Whether a capacity is a pool of EC2 hosts that are divided into slices. */
export function isSlicedCapacity(capacity: ICapacity): capacity is ISlicedCapacity {
  return isEc2Capacity(capacity) && 'slice' in capacity;
}
