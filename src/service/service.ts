import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AcceleratedServiceProps } from './accelerated-service-props';
import { makeManagedService } from './managed-service';
import { makePoolService } from './pool-service';
import { Task } from './task-parts';
import { ICapacity } from '../capacity/capacity';
import { isEc2Capacity } from '../capacity/is-ec2-capacity';
import { asManagedCapacity } from '../capacity/is-managed-capacity';

/** What a service is made of. */
export interface Service extends Task {
  readonly service: ecs.BaseService;
}

/** Makes a service under `scope` whose tasks run on a capacity, of whatever kind. */
export function makeService(scope: Construct, props: AcceleratedServiceProps, capacity: ICapacity): Service {
  return isEc2Capacity(capacity) ? makePoolService(scope, props, capacity) : makeManagedService(scope, props, asManagedCapacity(capacity));
}
