import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_events as events,
  aws_iam as iam,
  aws_logs as logs,
  aws_stepfunctions as sfn,
  CfnDeletionPolicy,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { arraySetup } from './job-array-setup';
import { JobConcurrency } from './job-concurrency';
import { makeJobNetwork } from './job-network';
import { grantExecuteCommand } from './job-role';
import { checkJob, checkJobPlacement, checkLauncher, checkNodesEfa, checkResumable } from './job-rules';
import { JobSetup, runVariables } from './job-setup';
import { makeJobStateMachine } from './job-state-machine';
import { JobTask, makeJobTask } from './job-task';
import { checkInApp } from './job-task-rules';
import { MlRunTaskProps } from './ml-run-task-props';
import { ICapacity } from '../capacity/capacity';
import { FargateCapacity } from '../capacity/fargate/fargate-capacity';
import { plannerOf } from '../capacity/task-planner';
import { checkJobTimes } from '../rules/host-times-rules';
import { checkOwnedVariables } from '../rules/owned-rules';
import { enforce, enforceValue } from '../rules/rule';

/**
 * The task of a job, the state machine that runs it, and its metrics. `MlRunTask` adds what starts the job.
 *
 * @internal
 */
export abstract class Job extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** The capacity that the job runs on. */
  public readonly capacity: ICapacity;

  /** The cluster that the job runs in. */
  public readonly cluster: ecs.ICluster;

  /** The log group of the main container. Undefined if the container defines its own logging. */
  public readonly logGroup?: logs.ILogGroup;

  /** The state machine that runs the job. */
  public readonly stateMachine: sfn.StateMachine;

  /** The connections of the tasks. In bridge and host network mode, these are the connections of the hosts. */
  public readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _setup: JobSetup;

  /** @internal */
  protected readonly _concurrency: JobConcurrency;

  protected constructor(scope: Construct, id: string, props: MlRunTaskProps) {
    super(scope, id);
    enforce(this, checkJob({ ...props, capacity: props.capacity !== undefined, vpc: props.vpc !== undefined }));
    this.capacity = props.capacity ?? new FargateCapacity(this, 'Capacity', { vpc: props.vpc });
    this.cluster = this.capacity.cluster;
    const planner = plannerOf(this.capacity);
    enforce(this, [
      ...checkResumable({ interruptible: this.capacity.interruptible, resumable: props.resumable }),
      ...(props.container ? checkLauncher(props.launcher !== undefined, props.container) : []),
      ...checkJobPlacement(props.placementStrategies !== undefined, planner.runTaskStrategies !== undefined),
      ...checkNodesEfa(props.nodes, planner.nodeHosts),
      ...checkJobTimes(props.timeout, planner.hostTimes ?? []),
      ...checkOwnedVariables('the container', variablesOf(props), runVariables(props.nodes)),
    ]);

    const task = makeJobTask(this, props, this.capacity);
    this.logGroup = task.logGroup;
    if (task.inApp) keepRevisions(task.inApp.taskDefinition);
    if (props.enableExecuteCommand) grantExecuteCommand(task.taskRole, this.cluster);

    const network = makeJobNetwork(this, this.capacity, task.networkMode, props.securityGroups);
    this.connections = network.connections;
    if (props.nodes !== undefined) allowAmong(this.connections);
    const array = arraySetup(props);
    this._setup = {
      capacity: this.capacity,
      timeout: props.timeout,
      capacityTimeout: props.capacityTimeout,
      task,
      network,
      count: props.nodes ?? props.count ?? 1,
      array,
      nodes: props.nodes,
      enableExecuteCommand: props.enableExecuteCommand,
      placementStrategies: props.placementStrategies,
    };
    const { retries = 3, programRetries = 0, executionLogs, tracingEnabled } = props;
    this.stateMachine = makeJobStateMachine(this, { ...this._setup, retries, programRetries, executionLogs, tracingEnabled });
    const concurrency = new JobConcurrency(this._setup.count, props.nodes === undefined ? array.maxConcurrency : undefined);
    this._concurrency = concurrency;
    const most = () => concurrency.most();
    const overlapping = () => concurrency.overlapping();
    planner.ledger.add({ path: this.node.path, rolls: false, least: () => props.nodes ?? 1, most, overlapping });
  }

  /**
   * The task definition. Its earlier revisions stay registered, so that runs can end with the revision that they started with. Fails if it
   * is imported.
   */
  public get taskDefinition(): ecs.TaskDefinition {
    return this.inApp('taskDefinition').taskDefinition;
  }

  /** The main container. Fails if the task definition is imported. */
  public get container(): ecs.ContainerDefinition {
    return this.inApp('container').container;
  }

  /** The task role. */
  public get grantPrincipal(): iam.IPrincipal {
    return this._setup.task.taskRole;
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
   * Sends an event when a run fails, times out or is stopped. The event contains the error, the cause and the input.
   *
   * @param id construct ID of the rule, in the scope of the job
   * @param target the target of the event; targets can also be added to the returned rule
   */
  public onFailed(id: string, target?: events.IRuleTarget): events.Rule {
    return this.onStatus(id, ['FAILED', 'TIMED_OUT', 'ABORTED'], target);
  }

  /**
   * Sends an event when a run succeeds. The event contains the input and the result.
   *
   * @param id construct ID of the rule, in the scope of the job
   * @param target the target of the event; targets can also be added to the returned rule
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
   */
  public onSucceeded(id: string, target?: events.IRuleTarget): events.Rule {
    return this.onStatus(id, ['SUCCEEDED'], target);
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
   * The number of runs that failed, also of those whose tasks took too long.
   *
   * @default - sum over 5 minutes
   */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /**
   * The number of executions that Step Functions timed out. It has no data, because a run whose task takes longer than `timeout` fails.
   *
   * @default - sum over 5 minutes
   * @deprecated use `metricFailed`
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

  private inApp(member: string): NonNullable<JobTask['inApp']> {
    const { inApp } = this._setup.task;
    enforceValue(this.node.path, checkInApp(inApp !== undefined, member));
    return inApp as NonNullable<JobTask['inApp']>;
  }

  private onStatus(id: string, status: string[], target?: events.IRuleTarget): events.Rule {
    return new events.Rule(this, id, {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.stateMachine.stateMachineArn], status },
      },
      targets: target && [target],
    });
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

/** The names of the variables of the main container. */
function variablesOf({ container }: MlRunTaskProps): string[] {
  return [...Object.keys(container?.environment ?? {}), ...Object.keys(container?.secrets ?? {})];
}
