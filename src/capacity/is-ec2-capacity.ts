import { aws_ecs as ecs } from 'aws-cdk-lib';
import { ICapacity, IEc2Capacity, IEc2Pool } from './capacity';

/** Whether a capacity is a pool of EC2 hosts. */
export function isEc2Pool(capacity: ICapacity): capacity is IEc2Pool {
  return capacity.compatibility === ecs.Compatibility.EC2;
}

/** Whether a capacity is a pool of EC2 hosts that are divided into slices. */
export function isEc2Capacity(capacity: ICapacity): capacity is IEc2Capacity {
  return isEc2Pool(capacity) && 'slice' in capacity;
}
