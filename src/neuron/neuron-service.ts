import { Construct } from 'constructs';
import { NeuronCapacity } from './neuron-capacity';
import { INeuronCapacity } from './neuron-capacity-props';
import { NeuronServiceProps } from './neuron-service-props';
import { checked } from '../rules/checked';
import { AcceleratedService } from '../service/accelerated-service';
import { capacityFor, roomToRoll } from '../service/own-capacity';
import { makeService, Service } from '../service/service';

/**
 * An ECS service whose tasks run on AWS Neuron chips. It creates one ECS service and one task definition, no matter how many tasks share a
 * host.
 *
 * In a pool, each task takes one slice: all device paths of the instance type, its share of the NeuronCores, and the cpu units that stand
 * for them. Only one process of the task can use its share, so give a model server one worker, and run more tasks instead of more workers.
 * On Managed Instances, each task takes a whole host with all its devices.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
 *
 * @example
 * new NeuronService(this, 'Bert', {
 *   vpc,
 *   instanceType: NeuronInstanceType.INF2_XLARGE,
 *   container: {
 *     image: ecs.ContainerImage.fromRegistry('my-model-server'),
 *     portMappings: [{ containerPort: 8080 }],
 *     healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
 *   },
 * });
 */
@checked
export class NeuronService extends AcceleratedService {
  /** The capacity that the service runs on. */
  public readonly capacity: INeuronCapacity;
  /** @internal */
  protected readonly _made: Service;

  constructor(scope: Construct, id: string, props: NeuronServiceProps) {
    super(scope, id);
    const { vpc, instanceType, tasksPerInstance, desiredCount, maxInstances } = props;
    this.capacity = capacityFor(this, props.capacity, {
      props: { vpc, instanceType, tasksPerInstance, maxInstances },
      required: ['vpc', 'instanceType'],
      make: (own): INeuronCapacity =>
        new NeuronCapacity(this, 'Capacity', {
          ...own,
          maxInstances: maxInstances ?? roomToRoll(desiredCount, tasksPerInstance),
        }),
    });
    this._made = makeService(this, props, this.capacity);
  }
}
