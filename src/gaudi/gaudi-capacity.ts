import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { GaudiCapacityProps, IGaudiCapacity } from './gaudi-capacity-props';
import { GaudiInstanceType } from './gaudi-instance-type';
import { GAUDI_IMAGE_VERDICTS } from './gaudi-machine-image';
import { gaudiUserData } from './gaudi-user-data';
import { TaskDefinitionGaudiDevices } from './task-definition-gaudi-devices';
import { TaskDefinitionMixinsOptions } from '../capacity/capacity';
import { Ec2CapacityBase } from '../capacity/ec2-capacity-base';
import { ssmParameterOf } from '../capacity/machine-image';
import { TaskDefinitionSlice } from '../capacity/task-definition-slice';
import { checkGaudiImage, checkGaudiSlices, checkGaudiSoftware } from '../rules/gaudi-rules';
import { checkMachineImage } from '../rules/machine-image-rules';
import { enforce, enforceValue } from '../rules/rule';

/**
 * A pool of EC2 hosts with Gaudi chips that ECS can count: a task has a whole host. It scales from zero.
 *
 * ECS knows nothing of Gaudi, and its container runtime hands out no free chips. A task takes all cpu units of its host, so ECS never
 * places a second one there. Hosts set themselves up when they start, as far as their machine image doesn't.
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
export class GaudiCapacity extends Ec2CapacityBase implements IGaudiCapacity {
  public readonly instanceType: GaudiInstanceType;

  constructor(scope: Construct, id: string, props: GaudiCapacityProps) {
    const { instanceType = GaudiInstanceType.DL1_24XLARGE, machineImage, tasksPerInstance = 1 } = props;
    enforceValue(`${scope.node.path}/${id}`, [
      ...checkGaudiImage(machineImage !== undefined),
      ...checkGaudiSlices(instanceType.name, tasksPerInstance),
    ]);
    super(scope, id, {
      ...props,
      instanceType,
      machineImage: machineImage!.image,
      userDataCommands: [...gaudiUserData(machineImage!, Stack.of(scope).region), ...(props.userDataCommands ?? [])],
      parts: instanceType.chips,
      partName: 'chips',
      // What the vendor's collective communication asks for.
      defaultNetworkMode: ecs.NetworkMode.HOST,
    });
    enforce(this, [
      ...checkMachineImage(instanceType.name, ssmParameterOf(this, machineImage!.image), GAUDI_IMAGE_VERDICTS),
      ...checkGaudiSoftware(instanceType.name, instanceType.generation),
    ]);
    this.instanceType = instanceType;
  }

  public taskDefinitionMixins(options?: TaskDefinitionMixinsOptions): IMixin[] {
    return poolMixins(this, options);
  }
}

function poolMixins(capacity: IGaudiCapacity, options: TaskDefinitionMixinsOptions = {}): IMixin[] {
  const { instanceType, slice } = capacity;
  return [
    new TaskDefinitionGaudiDevices({ instanceType, devices: slice.chips, containerName: options.containerName }),
    new TaskDefinitionSlice({ ...options, capacity }),
  ];
}
