import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { FargatePlanner } from './fargate-planner';
import { TaskDefinitionFargate } from './task-definition-fargate';
import { checkVpcOrCluster } from '../../rules/capacity-rules';
import { checked } from '../../rules/checked';
import { checkFargateMemoryGiven, checkFargateSize, checkFargateTask } from '../../rules/fargate-rules';
import { enforce } from '../../rules/rule';
import { ICapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { clusterFor, joinFargateCluster } from '../cluster-membership';
import { checkOwnEnvironment } from '../environment';
import { checkSelection } from '../subnets';
import { TaskPlanner } from '../task-planner';

/** Properties of `FargateCapacity`. */
export interface FargateCapacityProps {
  /**
   * The VPC of the capacity's own cluster. Give exactly one of `vpc` and `cluster`.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to run in. A cluster of the same stack gets the Fargate capacity providers. A cluster of another stack must have them, for
   * example by `enableFargateCapacityProviders()`, and causes a warning if this app cannot see that it has.
   *
   * @default - a new cluster in `vpc`
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The subnets of the tasks. In public subnets, tasks get a public IP address, because they cannot pull their image without one. Isolated
   * subnets without a default route must have VPC endpoints, see `EcsVpcEndpoints`.
   *
   * @default - private subnets, isolated subnets if there are none, and public subnets if there are no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The cpu units of a task. 1024 units are 1 vCPU. Must be a number that Fargate supports.
   *
   * @default 1024
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
   */
  readonly cpu?: number;

  /**
   * The memory of a task. Must be a size that Fargate supports together with `cpu`.
   *
   * @default - 2 MiB for each cpu unit
   */
  readonly memory?: Size;

  /**
   * The ephemeral storage of a task, which also holds its images. Must be from 21 to 200 GiB.
   *
   * @default - 20 GiB
   */
  readonly ephemeralStorage?: Size;

  /**
   * Whether to run on Fargate Spot, spare capacity that costs less. AWS can reclaim it two minutes after a warning, and containers on Fargate
   * never have more time to stop.
   *
   * @default false
   */
  readonly spot?: boolean;
}

/**
 * Capacity without hosts, for tasks that need no accelerator, such as data preparation, classic machine learning and evaluation.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate.html
 *
 * @example
 * new MlRunTask(this, 'Evaluate', {
 *   capacity: new FargateCapacity(this, 'Cpu', { vpc, cpu: 4096, memory: Size.gibibytes(16) }),
 *   container: { image: ecs.ContainerImage.fromRegistry('my-evaluation') },
 *   timeout: Duration.hours(1),
 * });
 */
@checked
export class FargateCapacity extends Construct implements ICapacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.FARGATE;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[] = [];
  public readonly interruptible: boolean;
  public readonly vpcSubnets?: ec2.SubnetSelection;

  /** Empty, because there are no hosts to connect with. Tasks have their own connections. */
  public readonly connections = new ec2.Connections();

  /** The cpu units of a task. */
  public readonly cpu: number;

  /** The memory of a task. */
  public readonly memory: Size;

  /** The ephemeral storage of a task. Undefined for the 20 GiB that Fargate gives by default. */
  public readonly ephemeralStorage?: Size;

  /** @internal */
  public readonly _planner: TaskPlanner;

  constructor(scope: Construct, id: string, props: FargateCapacityProps) {
    super(scope, id);
    this.cpu = props.cpu ?? 1024;
    enforce(this, checkFargateMemoryGiven(this.cpu, props.memory));
    this.memory = props.memory ?? Size.mebibytes(2 * this.cpu);
    enforce(this, [
      ...checkVpcOrCluster(props),
      ...checkOwnEnvironment(this, { cluster: props.cluster, vpc: props.vpc }),
      ...checkFargateSize({ cpu: this.cpu, memory: this.memory, ephemeralStorage: props.ephemeralStorage }),
    ]);
    this.ephemeralStorage = props.ephemeralStorage;
    this.vpcSubnets = props.vpcSubnets;
    this.interruptible = props.spot ?? false;
    this.capacityProviderStrategies = [{ capacityProvider: this.interruptible ? 'FARGATE_SPOT' : 'FARGATE', weight: 1 }];
    this.cluster = clusterFor(this, props);
    enforce(this, checkSelection(this.cluster.vpc, this.vpcSubnets));
    this._planner = new FargatePlanner(this, this);
    joinFargateCluster(this);
  }

  /**
   * Returns a mixin that checks a task definition and does not change it, because Fargate only needs the size of a task.
   *
   * @param options the options of the mixins. `sharedMemorySize` must be left out, because Fargate does not support it.
   */
  public taskDefinitionMixins(options: TaskDefinitionMixinsOptions = {}): IMixin[] {
    enforce(this, checkFargateTask(options));
    return [new TaskDefinitionFargate(options.containerName)];
  }
}
