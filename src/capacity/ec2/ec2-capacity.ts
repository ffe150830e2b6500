import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { checked } from '../../rules/checked';
import { TaskDefinitionMixinsOptions } from '../capacity';
import { Ec2CapacityOptions } from './ec2-capacity-options';
import { Ec2Pool } from './ec2-pool';
import { PoolPlanner } from './pool-planner';
import { TaskDefinitionOwnSize } from './task-definition-own-size';
import { checkHostOs } from '../../rules/capacity-rules';
import { enforce, known } from '../../rules/rule';
import { TaskPlanner } from '../task-planner';

/** Properties of `Ec2Capacity`. */
export interface Ec2CapacityProps extends Ec2CapacityOptions {
  /**
   * The instance type of the hosts. It can be any type that EC2 has.
   */
  readonly instanceType: ec2.InstanceType;

  /**
   * The machine image of the hosts. Must be a Linux image that has the ECS agent.
   *
   * @default - the latest ECS-optimized Amazon Linux 2023 image at each deployment, for the architecture of the instance type (x86 if the
   *   type is not known at synth)
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
    const { instanceType, machineImage = defaultImage(instanceType) } = props;
    super(scope, id, { ...props, ec2InstanceType: instanceType, machineImage });
    enforce(this, checkHostOs(instanceType.toString(), this.launchTemplate.osType === ec2.OperatingSystemType.WINDOWS));
    this.instanceType = instanceType;
    this._planner = new PoolPlanner(this);
  }

  public taskDefinitionMixins(options: TaskDefinitionMixinsOptions = {}): IMixin[] {
    return [new TaskDefinitionOwnSize({ ...options, interruptible: this.interruptible })];
  }
}

function defaultImage(instanceType: ec2.InstanceType): ec2.IMachineImage {
  const arm = known(instanceType.toString()) && instanceType.architecture === ec2.InstanceArchitecture.ARM_64;
  return ecs.EcsOptimizedImage.amazonLinux2023(arm ? ecs.AmiHardwareType.ARM : ecs.AmiHardwareType.STANDARD);
}
