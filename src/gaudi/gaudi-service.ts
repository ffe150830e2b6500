import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GaudiCapacity } from './gaudi-capacity';
import { IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiServiceProps } from './gaudi-service-props';
import { checked } from '../rules/checked';
import { AcceleratedService } from '../service/accelerated-service';
import { capacityFor, roomToRoll } from '../service/own-capacity';
import { makeService, Service } from '../service/service';

/** Checks that the driver responds for the chips that the container sees. */
const HEALTH_CHECK: ecs.HealthCheck = {
  command: ['CMD-SHELL', 'hl-smi || exit 1'],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(30),
  retries: 3,
};

/**
 * An ECS service whose tasks run on Gaudi chips.
 *
 * On a pool, a task takes a whole host: all chips, all cpu units, and all memory that a host is certain to register with ECS. It uses the
 * network and the IPC namespace of the host, because the collective communication library of the vendor needs them.
 *
 * On a partition, for example `capacity: pool.partition(0)`, a task takes the chips of the partition and its share of the host. It uses
 * bridge network mode unless you choose host.
 *
 * By default, a container is healthy if `hl-smi` finds its chips. If the container runs a server, set a health check that calls the server.
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
@checked
export class GaudiService extends AcceleratedService {
  /** The capacity that the service runs on. */
  public readonly capacity: IGaudiCapacity;
  /** @internal */
  protected readonly _made: Service;

  constructor(scope: Construct, id: string, props: GaudiServiceProps) {
    super(scope, id);
    const { vpc, instanceType, machineImage, rootDeviceName, maxInstances } = props;
    const shortForm = { vpc, instanceType, machineImage, rootDeviceName, maxInstances };
    this.capacity = capacityFor(this, props.capacity, {
      props: shortForm,
      // The pool reports a missing `machineImage`, with the options.
      required: ['vpc'],
      make: () => new GaudiCapacity(this, 'Capacity', { ...shortForm, maxInstances: maxInstances ?? roomToRoll(props.desiredCount) }),
    });

    const container = { ...props.container, healthCheck: props.container.healthCheck ?? HEALTH_CHECK };
    this._made = makeService(this, { ...props, container }, this.capacity);
  }
}
