export * from './capacity';
export * from './ec2-capacity-base';
export * from './ec2-capacity-options';
export * from './ecs-vpc-endpoints';
export * from './fargate-capacity';
export * from './pool-instance-type';
export * from './purchase-option';
export * from './task-definition-slice';
