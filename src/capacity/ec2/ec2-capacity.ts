import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checked } from '../../rules/checked';
import { TaskDefinitionMixinsOptions } from '../capacity';
import { Ec2CapacityOptions } from './ec2-capacity-options';
import { Ec2Pool } from './ec2-pool';
import { RememberedImage } from './machine-image';
import { PoolPlanner } from './pool-planner';
import { TaskDefinitionOwnSize } from './task-definition-own-size';
import { checkDefaultImage, checkGivenImage, takesGpuImage } from '../../rules/accelerated-host-rules';
import { enforce, enforceValue, known } from '../../rules/rule';
import { architectureOf } from '../architecture';
import { childPath } from '../child-path';
import { TaskPlanner } from '../task-planner';

/** Properties of `Ec2Capacity`. */
export interface Ec2CapacityProps extends Ec2CapacityOptions {
  /**
   * The instance type of the hosts. It can be any type that EC2 has. For types with Neuron or Gaudi chips, use `NeuronCapacity` or
   * `GaudiCapacity`, on which ECS counts the chips: without `machineImage`, such types fail, and with it, they cause a warning.
   *
   * A change replaces the Auto Scaling group and the capacity provider, and with them the cluster if the pool created it. In a cluster that
   * is given, the deployment fails while services use the pool: add a second pool, move the services, and then remove the first.
   */
  readonly instanceType: ec2.InstanceType;

  /**
   * The machine image of the hosts. Must be a Linux image that has the ECS agent. Must be given for types with accelerators for which no
   * ECS-optimized image has a driver, such as g4ad and g5g.
   *
   * @default - the latest ECS-optimized Amazon Linux 2023 image at each deployment, for the architecture of the instance type (x86 if the
   *   type is not known at synth). For types with NVIDIA GPUs, the GPU image
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
   */
  readonly machineImage?: ec2.IMachineImage;
}

/**
 * A pool of EC2 hosts of any instance type, for tasks that set their own cpu and memory.
 *
 * It scales from zero like the pools of the accelerator families. Its hosts are not divided into slices: ECS places a task wherever the cpu
 * and memory that its containers ask for are free. Tasks of different sizes can share the pool.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
 *
 * @example
 * const pool = new Ec2Capacity(this, 'Cpu', { vpc, instanceType: new ec2.InstanceType('c7i.4xlarge') });
 */
@checked
export class Ec2Capacity extends Ec2Pool {
  /** The instance type of the hosts. */
  public readonly instanceType: ec2.InstanceType;

  /** @internal */
  public readonly _planner: TaskPlanner;

  constructor(scope: Construct, id: string, props: Ec2CapacityProps) {
    const { instanceType } = props;
    const type = instanceType.toString();
    const byDefault = props.machineImage || !known(type) ? [] : checkDefaultImage(type);
    enforceValue(childPath(scope, id), byDefault);
    const machineImage = new RememberedImage(props.machineImage ?? defaultImage(type));
    super(scope, id, { ...props, ec2InstanceType: instanceType, machineImage });
    enforce(this, [...byDefault, ...(props.machineImage && known(type) ? checkGivenImage(type, machineImage.ssmParameter) : [])]);
    this.instanceType = instanceType;
    this._planner = new PoolPlanner(this);
  }

  public taskDefinitionMixins(options: TaskDefinitionMixinsOptions = {}): IMixin[] {
    return [new TaskDefinitionOwnSize({ ...options, interruptible: this.interruptible, instanceType: this.instanceType.toString() })];
  }
}

function defaultImage(instanceType: string): ec2.IMachineImage {
  const hardware = known(instanceType) && takesGpuImage(instanceType) ? ecs.AmiHardwareType.GPU : ecs.AmiHardwareType.STANDARD;
  return ecs.EcsOptimizedImage.amazonLinux2023(architectureOf(instanceType) === 'arm64' ? ecs.AmiHardwareType.ARM : hardware);
}
