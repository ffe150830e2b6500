import {
  aws_ecs as ecs,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_stepfunctions as sfn,
  Aws,
  Duration,
  Names,
  Stack,
  Tokenization,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JOB_ERRORS } from './job-errors';
import { executionLogs } from './job-execution-logs';
import { watchDefinition, WatchInput } from './job-watch-states';

/** The construct ID of the watch in its stack. */
const ID = 'MlRunTaskWatch';

/** The tasks that are watched, and how long they may take. */
export interface WatchedTasks {
  readonly cluster: ecs.ICluster;
  /** The groups that the state machine gives to its tasks. */
  readonly groups: string[];
  readonly timeout: Duration;
  readonly capacityTimeout?: Duration;
}

/**
 * Watches the tasks of the jobs of a stack, and stops those whose time is over. Step Functions can't tell the wait for a host from the run:
 * the timeout of its task state counts both. ECS reports each change of a task to EventBridge, which starts an execution here.
 *
 * @see docs/decisions/0016-time-limits-of-jobs.md
 */
export class JobWatch extends Construct {
  /** The watch of the stack of a job. */
  public static of(job: Construct): JobWatch {
    const stack = Stack.of(job);
    return (stack.node.tryFindChild(ID) as JobWatch | undefined) ?? new JobWatch(stack);
  }

  private readonly stateMachine: sfn.StateMachine;

  private constructor(stack: Stack) {
    super(stack, ID);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(watchDefinition(Aws.PARTITION), 2)),
      logs: executionLogs(this),
      tracingEnabled: true,
    });
  }

  /** Watches the tasks of a job. */
  public watch(job: Construct, tasks: WatchedTasks): void {
    this.allow(tasks.cluster);
    const { timeout, capacityTimeout } = tasks;
    const input = { cluster: events.EventField.fromPath('$.detail.clusterArn'), task: events.EventField.fromPath('$.detail.taskArn') };
    this.addRule(job, 'Timeout', tasks, 'RUNNING', {
      ...input,
      since: events.EventField.fromPath('$.detail.startedAt'),
      seconds: timeout.toSeconds(),
      status: '*',
      reason: `${JOB_ERRORS.timedOut}: the task ran for longer than the timeout of ${inSeconds(timeout)} seconds`,
    });
    if (capacityTimeout === undefined) return;
    this.addRule(job, 'CapacityTimeout', tasks, 'PROVISIONING', {
      ...input,
      since: events.EventField.fromPath('$.detail.createdAt'),
      seconds: capacityTimeout.toSeconds(),
      status: 'PROVISIONING',
      reason: `${JOB_ERRORS.noCapacity}: no host took the task within the capacity timeout of ${inSeconds(capacityTimeout)} seconds`,
    });
  }

  private addRule(job: Construct, id: string, { cluster, groups }: WatchedTasks, status: string, input: WatchInput): void {
    new events.Rule(job, id, {
      description: `Limits the time of tasks of ${job.node.path}`,
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: { clusterArn: [cluster.clusterArn], group: groups, lastStatus: [status], desiredStatus: ['RUNNING'] },
      },
      targets: [new targets.SfnStateMachine(this.stateMachine, { input: events.RuleTargetInput.fromObject(input) })],
    });
  }

  /** Allows the watch to describe and stop the tasks of a cluster, in a policy of its own, so that jobs of a stack can depend on each other. */
  private allow(cluster: ecs.ICluster): void {
    const id = `Policy${Names.nodeUniqueId(cluster.node).slice(-8)}`;
    if (this.node.tryFindChild(id)) return;
    const tasks = Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
    new iam.Policy(this, id, {
      roles: [this.stateMachine.role],
      statements: [
        new iam.PolicyStatement({
          actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
          resources: [tasks],
          conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
        }),
      ],
    });
  }
}

function inSeconds(duration: Duration): string {
  return Tokenization.stringifyNumber(duration.toSeconds());
}
