import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `NeuronService`. */
export interface NeuronServiceProps extends AcceleratedServiceProps {
  /**
   * Where to run: a `NeuronCapacity` or a `NeuronManagedCapacity`. An error together with `vpc`, `instanceType`, `tasksPerInstance` or `maxInstances`.
   *
   * @default - a cluster and pool of the service's own, from `vpc` and `instanceType`
   */
  readonly capacity?: INeuronCapacity;

  /**
   * The VPC of the service's own cluster and pool. Needed without `capacity`, an error with it.
   *
   * @default - the VPC of `capacity`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The instance type of the service's own pool. Needed without `capacity`, an error with it.
   *
   * @default - that of `capacity`
   */
  readonly instanceType?: NeuronInstanceType;

  /**
   * Equal slices that each host of the service's own pool is divided into. An error with `capacity`.
   *
   * @default 1 - a task has the whole host
   */
  readonly tasksPerInstance?: number;

  /**
   * The most hosts of the service's own pool. An error with `capacity`.
   *
   * @default - enough for `desiredCount`, and one for a rolling update to move to
   */
  readonly maxInstances?: number;
}
