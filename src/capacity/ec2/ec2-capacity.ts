import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
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
   * The one instance type of the pool, any that EC2 has.
   */
  readonly instanceType: ec2.InstanceType;

  /**
   * The image that the hosts start from: Linux with the ECS agent. Windows is an error.
   *
   * @default - the ECS-optimized Amazon Linux 2023 image for the architecture of the instance type (x86 where the type is only known when
   * it is deployed), the newest at each deployment
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
   */
  readonly machineImage?: ec2.IMachineImage;
}

/**
 * A pool of EC2 hosts of any instance type, for tasks that say themselves what cpu and memory they need.
 *
 * It scales from zero as the pools of the accelerator families do. Hosts are not divided into slices: ECS places a task wherever the cpu
 * and memory that its containers ask for are free. Tasks of many sizes can share it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
 *
 * @example
 * const pool = new Ec2Capacity(this, 'Cpu', { vpc, instanceType: new ec2.InstanceType('c7i.4xlarge') });
 */
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
