import { aws_ec2 as ec2, aws_ecs as ecs, Size, Stack } from 'aws-cdk-lib';
import { Construct, IMixin } from 'constructs';
import { FargatePlanner } from './fargate-planner';
import { checkVpcOrCluster } from '../../rules/capacity-rules';
import { checkFargateSize, checkFargateTask } from '../../rules/fargate-rules';
import { enforce } from '../../rules/rule';
import { ICapacity, TaskDefinitionMixinsOptions } from '../capacity';
import { TaskPlanner } from '../task-planner';

/** Properties of `FargateCapacity`. */
export interface FargateCapacityProps {
  /**
   * The VPC of the capacity's own cluster. Give this or `cluster`; both or neither is an error.
   *
   * @default - the VPC of `cluster`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster to run in. One of this stack gets the Fargate capacity providers; another must have them.
   *
   * @default - a new cluster in `vpc`
   */
  readonly cluster?: ecs.ICluster;

  /**
   * The subnets of the tasks. In public subnets tasks get a public address, for they can't pull their image without one.
   *
   * @default - private subnets; isolated ones where there are none, and public ones where there are no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * cpu units of a task: 1024 are a vCPU. A number that Fargate doesn't have is an error.
   *
   * @default 1024
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
   */
  readonly cpu?: number;

  /**
   * Memory of a task. One that Fargate doesn't have together with `cpu` is an error.
   *
   * @default - twice as many MiB as `cpu` has units
   */
  readonly memory?: Size;

  /**
   * Disk of a task, for its images too. From 21 to 200 GiB, else it is an error.
   *
   * @default - 20 GiB
   */
  readonly ephemeralStorage?: Size;

  /**
   * Whether to run on spare capacity, which costs less and may be taken away two minutes after a warning.
   *
   * @default false
   */
  readonly spot?: boolean;
}

/**
 * Capacity without hosts, for what needs no accelerator: data preparation, classic machine learning, evaluation.
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
export class FargateCapacity extends Construct implements ICapacity {
  public readonly cluster: ecs.ICluster;
  public readonly compatibility = ecs.Compatibility.FARGATE;
  public readonly capacityProviderStrategies: ecs.CapacityProviderStrategy[];
  public readonly placementConstraints: ecs.PlacementConstraint[] = [];
  public readonly interruptible: boolean;
  public readonly vpcSubnets?: ec2.SubnetSelection;

  /** Empty: there are no hosts to connect with. Tasks have connections of their own. */
  public readonly connections = new ec2.Connections();

  /** cpu units of a task. */
  public readonly cpu: number;

  /** Memory of a task. */
  public readonly memory: Size;

  /** Disk of a task, where it isn't Fargate's default. */
  public readonly ephemeralStorage?: Size;

  /** @internal */
  public readonly _planner: TaskPlanner;

  constructor(scope: Construct, id: string, props: FargateCapacityProps) {
    super(scope, id);
    this.cpu = props.cpu ?? 1024;
    this.memory = props.memory ?? Size.mebibytes(2 * this.cpu);
    enforce(this, [
      ...checkVpcOrCluster(props),
      ...checkFargateSize({ cpu: this.cpu, memory: this.memory, ephemeralStorage: props.ephemeralStorage }),
    ]);
    this.ephemeralStorage = props.ephemeralStorage;
    this.vpcSubnets = props.vpcSubnets;
    this.interruptible = props.spot ?? false;
    this.capacityProviderStrategies = [{ capacityProvider: this.interruptible ? 'FARGATE_SPOT' : 'FARGATE', weight: 1 }];
    this.cluster =
      props.cluster ?? new ecs.Cluster(this, 'Cluster', { vpc: props.vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    if (ecs.Cluster.isCluster(this.cluster) && Stack.of(this.cluster) === Stack.of(this)) this.cluster.enableFargateCapacityProviders();
    this._planner = new FargatePlanner(this, this);
  }

  /**
   * None: the size of a task is all that Fargate wants to know.
   *
   * @param options what Fargate doesn't offer is an error
   */
  public taskDefinitionMixins(options: TaskDefinitionMixinsOptions = {}): IMixin[] {
    enforce(this, checkFargateTask(options));
    return [];
  }
}
