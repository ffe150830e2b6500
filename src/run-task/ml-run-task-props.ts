import { aws_ec2 as ec2, aws_ecs as ecs, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { Launcher } from './launcher';
import { TaskFailure } from './task-failure';
import { ICapacity } from '../capacity/capacity';
import { AcceleratedTaskOptions } from '../service/accelerated-task-props';

/** Properties of `MlRunTask`. */
export interface MlRunTaskProps extends AcceleratedTaskOptions {
  /**
   * The main container: its image, command, environment, secrets and so on. What the accelerator needs is added to it, with the same
   * defaults as for services. Give exactly one of `container` and `taskDefinition`.
   *
   * @default - the container of `taskDefinition`
   */
  readonly container?: ecs.ContainerDefinitionOptions;

  /**
   * A task definition of your own. It must be compatible with the capacity, whose mixins the job applies, so leave them out. What belongs to
   * a task definition that the job makes, such as `family`, `networkMode`, `taskRole` and `launcher`, cannot be combined with it. Each job
   * needs a task definition of its own.
   *
   * One that another app registers can be imported with `fromTaskDefinitionAttributes()`, and must say `networkMode` and `taskRole`, and
   * `executionRole` if it has one. That app must apply the mixins. On a host, runs can't override its size.
   *
   * @default - a new task definition with `container`
   */
  readonly taskDefinition?: ecs.ITaskDefinition;

  /**
   * The name of the main container of `taskDefinition`: its exit code decides, and overrides apply to it. The task definition must have this
   * container. Required for an imported one.
   *
   * @default - the first essential container
   */
  readonly containerName?: string;

  /**
   * Where the job runs: a pool, Managed Instances or Fargate. Give exactly one of `capacity` and `vpc`.
   *
   * @default - a Fargate capacity of 1 vCPU and 2 GiB in `vpc`
   */
  readonly capacity?: ICapacity;

  /**
   * The VPC of a small CPU capacity that the job creates for itself. Cannot be combined with `capacity`.
   *
   * @default - the VPC of `capacity`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The time limit of a task from its start, without the wait for a host and the pull of its image. A task that takes longer is stopped, and
   * its run fails with `MlRunTask.TimedOut`, without a retry. Each retry has the whole time again. Must be from 1 minute to 365 days.
   */
  readonly timeout: Duration;

  /**
   * How long a task may wait for a host. A task that waits longer is stopped, and the attempt fails with `MlRunTask.NoCapacity`, which is
   * retried as `retries` says. Must be from 1 minute to 365 days.
   *
   * @default - no limit: ECS gives up on tasks that no host takes, and a run ends after a day at most
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
   */
  readonly capacityTimeout?: Duration;

  /**
   * The number of retries after a failure that the program did not cause: missing capacity, a Spot interruption, a lost host. The first
   * retry starts after 30 seconds, and the wait doubles each time up to 15 minutes. Must be a whole number, 0 or more.
   *
   * @default 3
   */
  readonly retries?: number;

  /**
   * The number of retries after the program fails, that is, exits with a code other than 0. Must be a whole number, 0 or more.
   *
   * @default 0 - a program that failed once is likely to fail again
   */
  readonly programRetries?: number;

  /**
   * The number of independent tasks of a run, like the size of an array job of AWS Batch. Must be a whole number from 1 to 10,000. Cannot be
   * combined with `nodes`. A run can override it: up to 40, or up to 10,000 if `count` or `maxConcurrency` is more than 40.
   *
   * Each of several tasks has the variables `JOB_ARRAY_INDEX` (from 0) and `JOB_ARRAY_SIZE`. On a capacity provider strategy, the base and the
   * weights divide the tasks by their index.
   *
   * @default 1
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html
   */
  readonly count?: number;

  /**
   * The maximum number of tasks of a run that are at work at the same time. The others wait. Must be a whole number from 1 to 10,000. Cannot
   * be combined with `nodes`.
   *
   * @default 40
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   */
  readonly maxConcurrency?: number;

  /**
   * What the other tasks of a run do when one task fails, after its retries. Cannot be combined with `nodes`.
   *
   * @default TaskFailure.STOP_OTHERS
   */
  readonly taskFailure?: TaskFailure;

  /**
   * The number of tasks that run together as the nodes of one job. Must be a whole number from 2 to 40 that is known at synth. Cannot be
   * combined with `count`. Accelerated nodes whose hosts have no Elastic Fabric Adapter cause a warning.
   *
   * A node has a host of its own if its task takes the whole host. Nodes can reach each other, and have the variables `NODE_RANK` (from 0),
   * `NNODES` and `MASTER_PORT`. All nodes except the first also have `MASTER_ADDR`, the address of the first node, which gets its own
   * address from `hostname -i`. When one node fails, the others are stopped, and a retry runs all nodes again.
   *
   * @default - the tasks of a run are independent
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
   */
  readonly nodes?: number;

  /**
   * The launcher of distributed training, which runs `command` of the container. Cannot be combined with `entryPoint` of the container.
   *
   * @default - the container runs its command itself
   */
  readonly launcher?: Launcher;

  /**
   * How ECS chooses among the hosts that a task fits on. Must have at most 5 strategies. Only supported on pools of EC2 hosts: on Fargate
   * and on Managed Instances ECS places tasks by itself.
   *
   * @default - tasks are packed by cpu units, so that idle hosts can scale in
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
   */
  readonly placementStrategies?: ecs.PlacementStrategy[];

  /**
   * Whether the program saves checkpoints and resumes from the last one when it starts again. Set `false` if losing progress is acceptable.
   * Omitting it causes a warning on capacity that can be interrupted, such as Spot hosts.
   *
   * @default - unknown
   */
  readonly resumable?: boolean;

  /**
   * How Step Functions logs the events of each run. Options that you leave out keep their default. `includeExecutionData` adds the input
   * and the output of every state, with the values of `environment`: set it only if they hold no secret. `level: sfn.LogLevel.OFF` turns
   * the logs off.
   *
   * @default - all events without their data, in a new log group that keeps them for 1 month and is deleted with the job
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
   */
  readonly executionLogs?: sfn.LogOptions;

  /**
   * Whether AWS X-Ray traces each run.
   *
   * @default true
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
   */
  readonly tracingEnabled?: boolean;
}
