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
}
