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
 * A job: an ECS task that runs to completion, on any capacity of this library.
 *
 * A Step Functions state machine runs the task and waits for its end. An empty pool scales out for it; trouble that isn't the program's gives
 * a new attempt; and a run that fails says which container, its exit code, why ECS stopped it, and where its log is. A container that has no
 * exit code has failed.
 *
 * The input of an execution may override what the task does: `{"command": ["python", "train.py"], "environment": {"EPOCHS": "3"}, "memory":
 * 2048, "count": 2}`, on Fargate `cpu` too. Anything else in it fails the execution.
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
  /** Where the job runs. */
  public readonly capacity: ICapacity;

  /** The cluster that the job runs in. */
  public readonly cluster: ecs.ICluster;

  /** The task definition. Revisions stay when a new one is made: runs that began with them end with them. */
  public readonly taskDefinition: ecs.TaskDefinition;

  /** The main container. */
  public readonly container: ecs.ContainerDefinition;

  /** The log group of the main container, unless it has logging of its own. */
  public readonly logGroup?: logs.ILogGroup;

  /** The state machine that runs the job. */
  public readonly stateMachine: sfn.StateMachine;

  /** The connections of the tasks; in bridge and host network mode, those of their hosts. */
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

  /** `aws ecs run-task` for this job, ready to paste: runs the task at once, without the state machine's new attempts and time limit. */
  public get runTaskCommand(): string {
    return this.runTaskCommandWith({});
  }

  /** `aws stepfunctions start-execution` for this job, ready to paste. */
  public get startExecutionCommand(): string {
    return this.startExecutionCommandWith({});
  }

  /**
   * As `runTaskCommand`, with overrides.
   *
   * @param overrides what the run has otherwise
   */
  public runTaskCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return runTaskCommand(this, this.setup, overrides);
  }

  /**
   * As `startExecutionCommand`, with overrides.
   *
   * @param overrides what the run has otherwise
   */
  public startExecutionCommandWith(overrides: JobOverrides): string {
    this.checkOverrides(overrides);
    return startExecutionCommand(this, this.stateMachine.stateMachineArn, overrides);
  }

  /**
   * Runs the job at certain times, by EventBridge Scheduler.
   *
   * @param id id of the schedule, under the job
   * @param options when, and what then
   */
  public schedule(id: string, options: JobScheduleOptions): scheduler.Schedule {
    this.checkOverrides(options.overrides);
    return makeSchedule(this, id, this.stateMachine, options);
  }

  /**
   * Runs the job when it is deployed first, and once whenever `key` has changed. Never when a stack rolls back or is deleted. A deployment
   * that waits for the job fails with it, and says why. Once a job is an error.
   *
   * @param options what decides, and whether to wait
   * @returns the custom resource, for others to depend on
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
   * Runs the job for each object that is created in a bucket, with the variables `INPUT_BUCKET` and `INPUT_KEY`. Turns on the bucket's events
   * by EventBridge, and lets the job read the objects.
   *
   * @param id id of the rule, under the job
   * @param bucket where objects are created
   * @param options which objects, and what then
   */
  public onObjectCreated(id: string, bucket: s3.IBucket, options: JobObjectCreatedOptions = {}): events.Rule {
    this.checkOverrides(options.overrides);
    bucket.grantRead(this, options.prefix === undefined ? '*' : `${options.prefix}*`);
    return makeObjectCreatedRule(this, id, { stateMachine: this.stateMachine, bucket }, options);
  }

  /**
   * The job as a step of another state machine: an execution of its own, which the step waits for, and fails with.
   *
   * @param scope where the step belongs
   * @param id its id there
   * @param options what the run has otherwise, and where the result goes
   */
  public step(scope: Construct, id: string, options: JobStepOptions = {}): tasks.StepFunctionsStartExecution {
    this.checkOverrides(options.overrides);
    const { queryLanguage, resultPath } = options;
    enforce(this, checkStep({ jsonata: queryLanguage === sfn.QueryLanguage.JSONATA, resultPath }));
    return makeStep(scope, id, this.stateMachine, options);
  }

  /**
   * Sends an event when a run has failed, timed out or been stopped.
   *
   * @param id id of the rule, under the job
   * @param target where the event goes; it holds the error, the cause and the input
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
   * Lets somebody start the job.
   *
   * @param grantee who may
   */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Runs that succeeded.
   *
   * @default - sum over 5 minutes
   */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(props);
  }

  /**
   * Runs that failed: the one to alarm on, beside `metricTimedOut`.
   *
   * @default - sum over 5 minutes
   */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /**
   * Runs that took longer than `timeout`.
   *
   * @default - sum over 5 minutes
   */
  public metricTimedOut(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut(props);
  }

  /**
   * How long runs take, in milliseconds, waiting for hosts and new attempts included.
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

/** Lets nodes reach each other; `allowInternally` would warn about security groups that let everything out, as most do. */
function allowAmong(connections: ec2.Connections): void {
  const { securityGroups } = connections;
  connections.allowFrom(new ec2.Connections({ securityGroups }), ec2.Port.allTraffic(), 'Nodes of a job');
}

/** Keeps the revisions that runs under way began with: ECS starts no task of one that CloudFormation has taken away. */
function keepRevisions(taskDefinition: ecs.TaskDefinition): void {
  const { cfnOptions } = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}
