import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { InferenceAcceleratorOptions } from './task-definition-inference-accelerators';
import { IEc2Capacity } from '../capacity/capacity';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `ElasticInferenceService`. */
export interface ElasticInferenceServiceProps extends AcceleratedServiceProps {
  /**
   * The accelerators of each task. The main container gets all of them. Must have at least one item.
   */
  readonly accelerators: InferenceAcceleratorOptions[];

  /**
   * The pool that the service runs on, for example an `Ec2Capacity`. Must be EC2 capacity. Cannot be combined with `vpc`, `instanceType` or
   * `maxInstances`.
   *
   * @default - the service creates its own cluster and pool from `vpc` and `instanceType`
   */
  readonly capacity?: IEc2Capacity;

  /**
   * The instance type of the pool that the service creates. Can be any EC2 instance type. Required without `capacity`. Cannot be combined
   * with `capacity`.
   *
   * A change replaces the pool and its cluster, and so the ECS service: the new one runs before the old one is deleted.
   *
   * @default - the instance type of `capacity`
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * The interface VPC endpoint for `elastic-inference.runtime`, with private DNS. The service adds a rule that admits its tasks on port
   * 443.
   *
   * @default - the endpoint that this app creates in the VPC, if there is one. Otherwise a new endpoint, with a security group that admits
   * only the tasks
   */
  readonly endpoint?: ec2.IInterfaceVpcEndpoint;
}
