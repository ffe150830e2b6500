import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { InferenceAcceleratorOptions } from './task-definition-inference-accelerators';
import { IEc2Capacity } from '../capacity/capacity';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `ElasticInferenceService`. */
export interface ElasticInferenceServiceProps extends AcceleratedServiceProps {
  /**
   * The accelerators of each task, all of them for the main container. None is an error.
   */
  readonly accelerators: InferenceAcceleratorOptions[];

  /**
   * The pool to run on, for example an `Ec2Capacity`. Capacity that isn't EC2 is an error, and so is giving `vpc`, `instanceType` or
   * `maxInstances` too.
   *
   * @default - a cluster and pool of the service's own, from `vpc` and `instanceType`
   */
  readonly capacity?: IEc2Capacity;

  /**
   * The instance type of the service's own pool, any that EC2 has. Needed without `capacity`, an error with it.
   *
   * @default - that of `capacity`
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * The interface VPC endpoint for `elastic-inference.runtime`, with private DNS. It gets a rule that admits the tasks on port 443.
   *
   * @default - that of the VPC, if this app made one; else a new one, with a security group that admits the tasks only
   */
  readonly endpoint?: ec2.IInterfaceVpcEndpoint;
}
