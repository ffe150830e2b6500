import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { GaudiCapacityAttributes, GaudiCapacityProps, IGaudiEc2Capacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GAUDI_IMAGE_VERDICTS } from './gaudi-machine-image';
import { gaudiPartition, GaudiPoolView } from './gaudi-pool';
import { gaudiPoolMixins } from './gaudi-pool-mixins';
import { checkGaudiEfa, checkGaudiImage, checkGaudiSoftware } from './gaudi-rules';
import { gaudiUserData } from './gaudi-user-data';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { childPath } from '../capacity/child-path';
import { RememberedImage } from '../capacity/ec2/machine-image';
import { SlicedPool } from '../capacity/slices/sliced-pool';
import { importedFacts } from '../capacity/slices/sliced-view';
import { checkMachineImage } from '../rules/machine-image-rules';
import { enforce, enforceValue } from '../rules/rule';

/** What the vendor's collective communication asks for where a task has its host to itself. */
const NETWORK_MODE = ecs.NetworkMode.HOST;

/**
 * A pool of EC2 hosts with Gaudi chips that ECS can count: a task has a whole host, or a partition of one. It scales from zero.
 *
 * ECS knows nothing of Gaudi, and its container runtime hands out no free chips. A task takes all cpu units of its host, so ECS never
 * places a second one there. With `partitions` hosts are divided by chips: `[4, 4]` makes two, for services in bridge or host network mode.
 * The vendor supports parts of 1 chip, and of 2 or 4 side by side; others are a warning. So is `efa` on dl1, on which pages disagree.
 *
 * A host sets itself up when it starts, as far as its machine image doesn't.
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
export class GaudiCapacity extends SlicedPool implements IGaudiEc2Capacity {
  /**
   * A pool that another stack or app made. What runs on it there isn't known here, and so isn't counted.
   *
   * @param scope where to import it
   * @param id its id there
   * @param attributes what it was made with; `partitions` that don't fit the instance type are an error
   */
  public static fromGaudiCapacityAttributes(scope: Construct, id: string, attributes: GaudiCapacityAttributes): IGaudiEc2Capacity {
    const { instanceType = GaudiInstanceType.DL1_24XLARGE } = attributes;
    const hosts = { ...attributes, instanceType, defaultNetworkMode: NETWORK_MODE };
    return new GaudiPoolView(scope, id, importedFacts(childPath(scope, id), attributes, hosts), instanceType);
  }

  public readonly instanceType: GaudiInstanceType;
  public readonly instanceTypes: GaudiInstanceType[];

  constructor(scope: Construct, id: string, props: GaudiCapacityProps) {
    const { instanceType = GaudiInstanceType.DL1_24XLARGE, machineImage } = props;
    enforceValue(childPath(scope, id), checkGaudiImage(machineImage !== undefined));
    const image = new RememberedImage(machineImage!.image);
    super(scope, id, {
      ...props,
      instanceType,
      // Nothing hands out free Gaudi chips, so there are no equal slices.
      tasksPerInstance: undefined,
      machineImage: image,
      userDataCommands: [...gaudiUserData(machineImage!, Stack.of(scope).region), ...(props.userDataCommands ?? [])],
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
   * A partition of a pool that was given `partitions`: a capacity by itself, for services and jobs. The same object each time.
   *
   * @param index which one, from 0. One that the pool doesn't have is an error, and so is a pool without partitions.
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
