import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { GaudiCapacityAttributes, GaudiCapacityProps, IGaudiEc2Capacity } from './gaudi-capacity-props';
import { GAUDI_IMAGE_VERDICTS } from './gaudi-image-verdicts';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GaudiMachineImage } from './gaudi-machine-image';
import { gaudiPartition, GaudiPoolView } from './gaudi-pool';
import { gaudiPoolMixins } from './gaudi-pool-mixins';
import { checkGaudiEfa, checkGaudiImage, checkGaudiSoftware } from './gaudi-rules';
import { gaudiHostSteps } from './gaudi-user-data';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { childPath } from '../capacity/child-path';
import { RememberedImage } from '../capacity/ec2/machine-image';
import { SlicedPool } from '../capacity/slices/sliced-pool';
import { importedFacts } from '../capacity/slices/sliced-view';
import { checked } from '../rules/checked';
import { checkMachineImage } from '../rules/machine-image-rules';
import { enforce, enforceValue } from '../rules/rule';

/** The network mode that the vendor's collective communication library needs if a task has a host to itself. */
const NETWORK_MODE = ecs.NetworkMode.HOST;

/**
 * A pool of EC2 hosts with Gaudi chips, shared by services and jobs. A task takes a whole host, or a partition of a host. The pool scales
 * out from zero hosts.
 *
 * ECS does not track Gaudi chips, and the Gaudi container runtime does not allocate free chips. A task therefore takes all cpu units of its
 * host, so ECS never places a second task there.
 *
 * `partitions` divide the hosts by chips: `[4, 4]` creates two partitions, for services in bridge or host network mode. The vendor supports
 * partitions of 1 chip, and of 2 or 4 adjacent chips. Other partitions cause a warning. `efa` on dl1 causes a warning, because public pages
 * disagree about it.
 *
 * When a host starts, it sets up what its machine image does not bring. See `GaudiMachineImage`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html
 *
 * @example
 * const pool = new GaudiCapacity(this, 'Dl1', {
 *   vpc,
 *   machineImage: GaudiMachineImage.marketplace(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })),
 *   rootDeviceName: '/dev/sda1',
 * });
 * Validations.of(pool).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'everything is of release 1.21' });
 */
@checked
export class GaudiCapacity extends SlicedPool implements IGaudiEc2Capacity {
  /**
   * Imports a pool that was created in another stack or app. The services and jobs that run on it there are not known here, so they do not
   * count against its hosts.
   *
   * @param scope the scope of the imported pool
   * @param id the construct ID of the imported pool
   * @param attributes the attributes of the pool. `partitions` must fit the instance type
   */
  public static fromGaudiCapacityAttributes(scope: Construct, id: string, attributes: GaudiCapacityAttributes): IGaudiEc2Capacity {
    const { instanceType = GaudiInstanceType.DL1_24_XLARGE } = attributes;
    const hosts = { ...attributes, instanceType, defaultNetworkMode: NETWORK_MODE };
    return new GaudiPoolView(scope, id, importedFacts(childPath(scope, id), attributes, hosts), instanceType);
  }

  public readonly instanceType: GaudiInstanceType;
  public readonly instanceTypes: GaudiInstanceType[];

  constructor(scope: Construct, id: string, props: GaudiCapacityProps) {
    const { instanceType = GaudiInstanceType.DL1_24_XLARGE, machineImage } = props;
    enforceImage(childPath(scope, id), machineImage);
    const image = new RememberedImage(machineImage.image, machineImage.installsEcsAgent);
    super(scope, id, {
      ...props,
      instanceType,
      // Nothing allocates free Gaudi chips, so there are no equal slices.
      tasksPerInstance: undefined,
      machineImage: image,
      hostSteps: gaudiHostSteps(machineImage),
      defaultNetworkMode: NETWORK_MODE,
    });
    enforce(this, [
      ...checkMachineImage(instanceType.name, image.ssmParameter, GAUDI_IMAGE_VERDICTS),
      ...checkGaudiSoftware(instanceType.name, instanceType.generation),
      ...checkGaudiEfa(instanceType.name, props.efa),
    ]);
    this.instanceType = instanceType;
    this.instanceTypes = [instanceType];
  }

  /**
   * Returns a partition of a pool that has `partitions`: a capacity of its own, for services and jobs. Each call returns the same object.
   *
   * @param index the index of the partition, from 0. Must be below the number of `partitions`, so it fails on a pool without partitions.
   *
   * @example
   * const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
   * const pool = new GaudiCapacity(this, 'Dl1', { vpc, machineImage, partitions: [4, 4] });
   * Validations.of(pool).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'everything is of release 1.21' });
   * new GaudiService(this, 'Left', { capacity: pool.partition(0), container: { image: ecs.ContainerImage.fromRegistry('left') } });
   * new GaudiService(this, 'Right', { capacity: pool.partition(1), container: { image: ecs.ContainerImage.fromRegistry('right') } });
   */
  public partition(index: number): IGaudiEc2Capacity {
    return gaudiPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return gaudiPoolMixins(this, options);
  }
}

/** Checks that an image is given, and tells the compiler. */
function enforceImage(name: string, machineImage: GaudiMachineImage | undefined): asserts machineImage is GaudiMachineImage {
  enforceValue(name, checkGaudiImage(machineImage !== undefined));
}
