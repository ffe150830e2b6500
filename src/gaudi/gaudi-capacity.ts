import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { GaudiCapacityAttributes, GaudiCapacityProps, IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GAUDI_IMAGE_VERDICTS } from './gaudi-machine-image';
import { gaudiPartition } from './gaudi-partition';
import { gaudiPoolMixins } from './gaudi-pool-mixins';
import { gaudiUserData } from './gaudi-user-data';
import { CapacitySlice, TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { RememberedImage } from '../capacity/ec2/machine-image';
import { placementOnPool } from '../capacity/placement';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { partitionSlicesOf } from '../capacity/slices/partition';
import { sliceOf } from '../capacity/slices/slice';
import { SlicedPool } from '../capacity/slices/sliced-pool';
import { checkEfaType } from '../rules/efa-rules';
import { checkGaudiEfa, checkGaudiImage, checkGaudiSlices, checkGaudiSoftware } from '../rules/gaudi-rules';
import { checkMachineImage } from '../rules/machine-image-rules';
import { checkPartitions } from '../rules/partition-rules';
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
export class GaudiCapacity extends SlicedPool implements IGaudiCapacity {
  /**
   * A pool that another stack or app made. What runs on it there isn't known here, and so isn't counted.
   *
   * @param scope where to import it
   * @param id its id there
   * @param attributes what it was made with; `partitions` that don't fit the instance type are an error
   */
  public static fromGaudiCapacityAttributes(scope: Construct, id: string, attributes: GaudiCapacityAttributes): IGaudiCapacity {
    const { instanceType = GaudiInstanceType.DL1_24XLARGE, partitions, firstReservedPort, efa } = attributes;
    enforceValue(`${scope.node.path}/${id}`, [
      ...checkPartitions(instanceType, attributes),
      ...(efa ? checkEfaType('efa', instanceType, instanceType._typesWithEfa) : []),
    ]);
    class Import extends Construct implements IGaudiCapacity {
      public readonly cluster: ecs.ICluster = attributes.cluster;
      public readonly compatibility = ecs.Compatibility.EC2;
      public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[] = [
        { capacityProvider: attributes.capacityProviderName, weight: 1 },
      ];
      public readonly placementConstraints: ecs.PlacementConstraint[] = placementOnPool(instanceType.name);
      public readonly interruptible: boolean = attributes.interruptible ?? false;
      public readonly instanceType: GaudiInstanceType = instanceType;
      public readonly poolInstanceType: PoolInstanceType = instanceType;
      public readonly tasksPerInstance = 1;
      public readonly maxInstances?: number = attributes.maxInstances;
      public readonly efaInterfaces?: number = efa ? instanceType.efaInterfaces : undefined;
      public readonly vpcSubnets?: ec2.SubnetSelection = attributes.vpcSubnets;
      public readonly defaultNetworkMode: ecs.NetworkMode = NETWORK_MODE;
      public readonly slice: CapacitySlice = sliceOf(instanceType, 1);
      public readonly partitionSlices?: CapacitySlice[] = partitions && partitionSlicesOf(instanceType, partitions, firstReservedPort);
      public readonly connections: ec2.Connections = new ec2.Connections({ securityGroups: attributes.securityGroups });

      public partition(index: number): IGaudiCapacity {
        return gaudiPartition(this, index);
      }

      public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
        return gaudiPoolMixins(this, options);
      }
    }
    return new Import(scope, id);
  }

  public readonly instanceType: GaudiInstanceType;

  constructor(scope: Construct, id: string, props: GaudiCapacityProps) {
    const { instanceType = GaudiInstanceType.DL1_24XLARGE, machineImage, tasksPerInstance = 1 } = props;
    enforceValue(`${scope.node.path}/${id}`, [
      ...checkGaudiImage(machineImage !== undefined),
      ...checkGaudiSlices(instanceType.name, tasksPerInstance),
    ]);
    const image = new RememberedImage(machineImage!.image);
    super(scope, id, {
      ...props,
      instanceType,
      machineImage: image,
      userDataCommands: [...gaudiUserData(machineImage!, Stack.of(scope).region), ...(props.userDataCommands ?? [])],
      parts: instanceType.chips,
      partName: 'chips',
      defaultNetworkMode: NETWORK_MODE,
    });
    enforce(this, [
      ...checkMachineImage(instanceType.name, image.ssmParameter, GAUDI_IMAGE_VERDICTS),
      ...checkGaudiSoftware(instanceType.name, instanceType.generation),
      ...checkGaudiEfa(instanceType.name, props.efa),
    ]);
    this.instanceType = instanceType;
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
  public partition(index: number): IGaudiCapacity {
    return gaudiPartition(this, index);
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return gaudiPoolMixins(this, options);
  }
}
