import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronInstanceType } from './neuron-instance-type';
import { AcceleratedServiceProps } from '../service/accelerated-service-props';

/** Properties of `NeuronService`. */
export interface NeuronServiceProps extends AcceleratedServiceProps {
  /**
   * The capacity that the service runs on, for example a `NeuronCapacity` or a `NeuronManagedCapacity`. Cannot be combined with `vpc`,
   * `instanceType`, `tasksPerInstance` or `maxInstances`.
   *
   * @default - the service creates its own cluster and pool from `vpc` and `instanceType`
   */
  readonly capacity?: INeuronCapacity;

  /**
   * The instance type of the pool that the service creates. Required without `capacity`. Cannot be combined with `capacity`.
   *
   * A change replaces the pool and its cluster, and so the ECS service: the new one runs before the old one is deleted.
   *
   * @default - the instance type of `capacity`
   */
  readonly instanceType?: NeuronInstanceType;

  /**
   * The number of equal slices that each host of the pool that the service creates is divided into. A task takes one slice. Cannot be
   * combined with `capacity`.
   *
   * @default 1 - a task takes a whole host
   */
  readonly tasksPerInstance?: number;
}
