import { aws_ecs as ecs } from 'aws-cdk-lib';
import { ICapacity, IManagedCapacity } from './capacity';

/** Whether a capacity is of ECS Managed Instances. */
export function isManagedCapacity(capacity: ICapacity): capacity is IManagedCapacity {
  return capacity.compatibility === ecs.Compatibility.MANAGED_INSTANCES;
}

/** A capacity that is neither a pool of EC2 hosts nor, for a job, Fargate; there is no other kind. */
export function asManagedCapacity(capacity: ICapacity): IManagedCapacity {
  if (!isManagedCapacity(capacity)) {
    throw new Error(`${capacity.node.path}: \`capacity\` must be a pool of EC2 hosts or Managed Instances; for a job, Fargate too.`);
  }
  return capacity;
}
