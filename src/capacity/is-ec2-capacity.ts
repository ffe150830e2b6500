import { aws_ecs as ecs } from 'aws-cdk-lib';
import { ICapacity, IEc2Capacity } from './capacity';

/** Whether a capacity is a pool of EC2 hosts, divided into slices. */
export function isEc2Capacity(capacity: ICapacity): capacity is IEc2Capacity {
  return capacity.compatibility === ecs.Compatibility.EC2;
}
