import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_events as events,
  aws_iam as iam,
  aws_logs as logs,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
  CfnDeletionPolicy,
  CustomResource,
  Duration,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { runTaskCommand, startExecutionCommand } from './job-commands';
import { makeJobNetwork } from './job-network';
import { makeObjectCreatedRule } from './job-object-created';
import { JobOverrides } from './job-overrides';
import { grantExecuteCommand } from './job-role';
import { makeSchedule } from './job-schedule';
import { JobSetup } from './job-setup';
import { JobObjectCreatedOptions, JobScheduleOptions, JobStepOptions, RunOnDeployOptions } from './job-start-options';
import { makeJobStateMachine } from './job-state-machine';
import { makeStep } from './job-step';
import { MlRunTaskProps } from './ml-run-task-props';
import { makeRunOnDeploy } from './run-on-deploy';
import { ICapacity } from '../capacity/capacity';
import { FargateCapacity } from '../capacity/fargate/fargate-capacity';
import { plannerOf } from '../capacity/task-planner';
import { checkDeployWait, checkJob, checkNodesEfa, checkOverrides, checkResumable, checkStep } from '../rules/job-rules';
import { enforce, known } from '../rules/rule';
import { makeTask } from '../service/task';

/**
 * A job: an ECS task that runs to completion on any capacity of this library.
 *
 * A Step Functions state machine runs the task and waits for it to end. An empty pool scales out for the task. The state machine retries
 * after failures that the program did not cause. The cause of a failed run names the container, its exit code, the reason that ECS stopped
 * the task, and the URL of the log. A container without an exit code counts as failed.
 *
 * The input of an execution can override the task: `{"command": ["python", "train.py"], "environment": {"EPOCHS": "3"}, "memory": 2048,
 * "count": 2}`, and `cpu` on Fargate. Any other field fails the execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 *
 * @example
 * const train = new MlRunTask(this, 'Train', {
 *   capacity,
 *   container: { image: ecs.ContainerImage.fromRegistry('my-training'), command: ['python', 'train.py'] },
 *   timeout: Duration.hours(6),
 * });
 */
export class MlRunTask extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** The capacity that the job runs on. */
  public readonly capacity: ICapacity;

  /** The cluster that the job runs in. */
  public readonly cluster: ecs.ICluster;

  /** The task definition. Its earlier revisions stay registered, so that runs can end with the revision that they started with. */
  public readonly taskDefinition: ecs.TaskDefinition;

  /** The main container. */
  public readonly container: ecs.ContainerDefinition;

  /** The log group of the main container; undefined if the container defines its own logging. */
  public readonly logGroup?: logs.ILogGroup;

  /** The state machine that runs the job. */
  public readonly stateMachine: sfn.StateMachine;

  /** The connections of the tasks. In bridge and host network mode, these are the connections of the hosts. */
  public readonly connections: ec2.Connections;

  private readonly setup: JobSetup;
  private readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: MlRunTaskProps) {
    super(scope, id);
    enforce(this, checkJob({ ...props, capacity: props.capacity !== undefined, vpc: props.vpc !== undefined }));
    this.capacity = props.capacity ?? new FargateCapacity(this, 'Capacity', { vpc: props.vpc });
    this.cluster = this.capacity.cluster;
    this.timeout = props.timeout;
    const planner = plannerOf(this.capacity);
    enforce(this, [
      ...checkResumable({ interruptible: this.capacity.interruptible, resumable: props.resumable }),
      ...checkNodesEfa(props.nodes, planner.nodeHosts),
    ]);

    const task = makeTask(this, props, this.capacity);
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    keepRevisions(this.taskDefinition);
    if (props.enableExecuteCommand) grantExecuteCommand(this.taskDefinition, this.cluster);

    const network = makeJobNetwork(this, this.capacity, this.taskDefinition.networkMode, props.securityGroups);
    this.connections = network.connections;
    if (props.nodes !== undefined) allowAmong(this.connections);
    this.setup = {
      capacity: this.capacity,
      task,
      network,
      count: props.nodes ?? props.count ?? 1,
      nodes: props.nodes,
      memoryLimited: props.container.memoryLimitMiB !== undefined,
      enableExecuteCommand: props.enableExecuteCommand,
    };
    const { timeout, retries = 3, programRetries = 0 } = props;
    this.stateMachine = makeJobStateMachine(this, { ...this.setup, timeout, retries, programRetries });
    const most = known(this.setup.count) ? this.setup.count : undefined;
    planner.ledger.add({ path: this.node.path, rolls: false, least: () => props.nodes ?? 1, most: () => most });
  }

  /** The task role. */
  public get grantPrincipal(): iam.IPrincipal {
    return this.taskDefinition.taskRole;
  }

  /**
   * The `aws ecs run-task` command for this job, ready to paste into a shell. It runs the task directly, without the retries and the time
   * limit of the state machine.
   */
  public get runTaskCommand(): string {
    return this.runTaskCommandWith({});
  }

  /** The `aws stepfunctions start-execution` command for this job, ready to paste into a shell. */
  public get startExecutionCommand(): string {
    return this.startExecutionCommandWith({});
  }

  /**
   * The command of `runTaskCommand`, with overrides.
   *
   * @param overrides overrides for this run
   */
  public runTaskCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return runTaskCommand(this, this.setup, overrides);
  }

  /**
   * The command of `startExecutionCommand`, with overrides.
   *
   * @param overrides overrides for this run
   */
  public startExecutionCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return startExecutionCommand(this, this.stateMachine.stateMachineArn, overrides);
  }

  /**
   * Runs the job on a schedule, with EventBridge Scheduler.
   *
   * @param id construct ID of the schedule, in the scope of the job
   * @param options the schedule, and overrides for the runs it starts
   */
  public schedule(id: string, options: JobScheduleOptions): scheduler.Schedule {
    this.checkOverrides(options.overrides);
    return makeSchedule(this, id, this.stateMachine, options);
  }

  /**
   * Runs the job on the first deployment, and once after each change of `key`. The job never runs when a stack rolls back or is deleted. A
   * deployment that waits for the job fails if the job fails, and reports the cause. Call it once per job; a second call fails.
   *
   * @param options the key, whether to wait for the job, and overrides for the run
   * @returns the custom resource, so that other resources can depend on it
   */
  public runOnDeploy(options: RunOnDeployOptions = {}): CustomResource {
    this.checkOverrides(options.overrides);
    enforce(this, checkDeployWait(this.timeout, options.waitForEnd));
    const { taskRole, executionRole } = this.taskDefinition;
    const subnets = this.cluster.vpc.selectSubnets(this.capacity.vpcSubnets);
    const dependsOn = [taskRole, executionRole!, subnets.internetConnectivityEstablished];
    const facts = { stateMachine: this.stateMachine, key: options.key ?? this.taskDefinition.taskDefinitionArn, dependsOn };
    return makeRunOnDeploy(this, 'RunOnDeploy', facts, options);
  }

  /**
   * Runs the job for each object created in a bucket, with the variables `INPUT_BUCKET` and `INPUT_KEY`. Turns on the bucket's events to
   * EventBridge, and grants the job read access to the objects.
   *
   * @param id construct ID of the rule, in the scope of the job
   * @param bucket the bucket to watch
   * @param options which objects start the job, and overrides for the runs
   */
  public onObjectCreated(id: string, bucket: s3.IBucket, options: JobObjectCreatedOptions = {}): events.Rule {
    this.checkOverrides(options.overrides);
    bucket.grantRead(this, options.prefix === undefined ? '*' : `${options.prefix}*`);
    return makeObjectCreatedRule(this, id, { stateMachine: this.stateMachine, bucket }, options);
  }

  /**
   * Creates a step that runs the job in another state machine. The step starts a nested execution and waits for it. It fails if the job
   * fails.
   *
   * @param scope the scope of the step
   * @param id construct ID of the step, in that scope
   * @param options overrides for this run, and where the result goes
   */
  public step(scope: Construct, id: string, options: JobStepOptions = {}): tasks.StepFunctionsStartExecution {
    this.checkOverrides(options.overrides);
    const { queryLanguage, resultPath } = options;
    enforce(this, checkStep({ jsonata: queryLanguage === sfn.QueryLanguage.JSONATA, resultPath }));
    return makeStep(scope, id, this.stateMachine, options);
  }

  /**
   * Sends an event when a run fails, times out or is stopped. The event contains the error, the cause and the input.
   *
   * @param id construct ID of the rule, in the scope of the job
   * @param target the target of the event; targets can also be added to the returned rule
   */
  public onFailed(id: string, target?: events.IRuleTarget): events.Rule {
    return new events.Rule(this, id, {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.stateMachine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: target && [target],
    });
  }

  /**
   * Grants permission to start the job.
   *
   * @param grantee the principal that can start it
   */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * The number of runs that succeeded.
   *
   * @default - sum over 5 minutes
   */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(props);
  }

  /**
   * The number of runs that failed. Set an alarm on this metric and on `metricTimedOut`.
   *
   * @default - sum over 5 minutes
   */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /**
   * The number of runs that took longer than `timeout`.
   *
   * @default - sum over 5 minutes
   */
  public metricTimedOut(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut(props);
  }

  /**
   * The duration of runs in milliseconds, including the wait for hosts and all retries.
   *
   * @default - average over 5 minutes
   */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTime(props);
  }

  private checkOverrides(overrides: JobOverrides = {}): void {
    enforce(this, checkOverrides({ ...overrides, room: plannerOf(this.capacity).overrideLimits, nodes: this.setup.nodes }));
  }
}

/** Lets nodes reach each other. `allowInternally` would warn about security groups that allow all outbound traffic, as most do. */
function allowAmong(connections: ec2.Connections): void {
  const { securityGroups } = connections;
  connections.allowFrom(new ec2.Connections({ securityGroups }), ec2.Port.allTraffic(), 'Nodes of a job');
}

/** Retains old revisions for the runs that started with them: ECS starts no task from a revision that CloudFormation has deregistered. */
function keepRevisions(taskDefinition: ecs.TaskDefinition): void {
  const { cfnOptions } = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}
