import {
  aws_dynamodb as dynamodb,
  aws_ecs as ecs,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_stepfunctions as sfn,
  Aws,
  Names,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { executionLogs } from './job-execution-logs';
import { meetingDefinition } from './job-meeting-states';

/** The construct ID of the meeting in its stack. */
const ID = 'MlRunTaskMeeting';

/**
 * Where the nodes of the jobs of a stack meet: a table of the runs that wait for their first node, and a state machine that ends the wait
 * when ECS reports that the node runs. The wait costs no history.
 *
 * @see docs/decisions/0010-multi-node-jobs.md
 */
export class JobMeeting extends Construct {
  /** The meeting of the stack of a job. */
  public static of(job: Construct): JobMeeting {
    const stack = Stack.of(job);
    return (stack.node.tryFindChild(ID) as JobMeeting | undefined) ?? new JobMeeting(stack);
  }

  public readonly table: dynamodb.TableV2;

  private readonly stateMachine: sfn.StateMachine;

  private constructor(stack: Stack) {
    super(stack, ID);
    // A record is of no use when its run has ended, so there is nothing to back up or to keep.
    this.table = new dynamodb.TableV2(this, 'Runs', {
      partitionKey: { name: 'Run', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'Expires',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(meetingDefinition(Aws.PARTITION, this.table.tableName), 2)),
      logs: executionLogs(this),
      tracingEnabled: true,
    });
    this.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [this.table.tableArn] }));
    // A token is no resource, so this can't be limited: the state machine only knows the tokens in the table.
    this.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: ['*'] }));
  }

  /** Tells the runs of a job where their first node is. `group` is the group of the first nodes. */
  public meet(job: Construct, cluster: ecs.ICluster, group: string): void {
    this.allow(cluster);
    const input = { cluster: events.EventField.fromPath('$.detail.clusterArn'), task: events.EventField.fromPath('$.detail.taskArn') };
    new events.Rule(job, 'FirstNode', {
      description: `Tells nodes of ${job.node.path} where the first one is`,
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: { clusterArn: [cluster.clusterArn], group: [group], lastStatus: ['RUNNING'], desiredStatus: ['RUNNING'] },
      },
      targets: [new targets.SfnStateMachine(this.stateMachine, { input: events.RuleTargetInput.fromObject(input) })],
    });
  }

  /** Allows to find the address of a task of a cluster, in a policy of its own, so that jobs of a stack can depend on each other. */
  private allow(cluster: ecs.ICluster): void {
    const id = `Policy${Names.nodeUniqueId(cluster.node).slice(-8)}`;
    if (this.node.tryFindChild(id)) return;
    const arn = (resource: string) => Stack.of(this).formatArn({ service: 'ecs', resource, resourceName: `${cluster.clusterName}/*` });
    const conditions = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
    new iam.Policy(this, id, {
      roles: [this.stateMachine.role],
      statements: [
        new iam.PolicyStatement({ actions: ['ecs:DescribeTasks'], resources: [arn('task')], conditions }),
        new iam.PolicyStatement({ actions: ['ecs:DescribeContainerInstances'], resources: [arn('container-instance')], conditions }),
        // This can't be limited to a resource.
        new iam.PolicyStatement({ actions: ['ec2:DescribeInstances'], resources: ['*'] }),
      ],
    });
  }
}
