import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GaudiCapacity } from './gaudi-capacity';
import { IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiServiceProps } from './gaudi-service-props';
import { AcceleratedService } from '../service/accelerated-service';
import { capacityFor, roomToRoll } from '../service/own-capacity';
import { makeService, Service } from '../service/service';

/** Whether the driver answers for the chips that the container sees. */
const HEALTH_CHECK: ecs.HealthCheck = {
  command: ['CMD-SHELL', 'hl-smi || exit 1'],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(30),
  retries: 3,
};

/**
 * An ECS service whose tasks run on Gaudi chips.
 *
 * A task has a whole host: all chips, all cpu units, and the memory that surely registers; the network and the IPC namespace of the host,
 * as the vendor's collective communication asks. On a partition, `capacity: pool.partition(0)`, it has the partition's chips and its share of
 * the host, and bridge network mode unless it asks for host. Without a health check of its own, a container is healthy when `hl-smi` finds its chips:
 * give one that asks your server, if there is one.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * const bert = new GaudiService(this, 'Bert', {
 *   vpc,
 *   machineImage: GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })),
 *   container: { image: ecs.ContainerImage.fromRegistry('my-gaudi-server') },
 * });
 * Validations.of(bert).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'everything is of release 1.21' });
 */
export class GaudiService extends AcceleratedService {
  /** The pool that the service runs on. */
  public readonly capacity: IGaudiCapacity;
  /** @internal */
  protected readonly _made: Service;

  constructor(scope: Construct, id: string, props: GaudiServiceProps) {
    super(scope, id);
    const { vpc, instanceType, machineImage, rootDeviceName, maxInstances } = props;
    const shortForm = { vpc, instanceType, machineImage, rootDeviceName, maxInstances };
    this.capacity = capacityFor(this, props.capacity, {
      props: shortForm,
      // The pool explains a missing `machineImage`.
      required: ['vpc'],
      make: () => new GaudiCapacity(this, 'Capacity', { ...shortForm, maxInstances: maxInstances ?? roomToRoll(props.desiredCount) }),
    });

    const container = { ...props.container, healthCheck: props.container.healthCheck ?? HEALTH_CHECK };
    this._made = makeService(this, { ...props, container }, this.capacity);
  }
}
