import { aws_iam as iam, aws_logs as logs, aws_stepfunctions as sfn, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { jobDefinition } from './job-definition';
import { executionLogs } from './job-execution-logs';
import { inputFields } from './job-input-fields';
import { JobMeeting } from './job-meeting';
import { logLink } from './job-outcome';
import { distributedMapPermissions, runTaskPermissions } from './job-role';
import { runTaskArguments } from './job-run-task';
import { firstNodeGroup, groupOf, JobSetup, memoryOverride } from './job-setup';
import { JobWatch } from './job-watch';
import { clusterAssociation } from '../capacity/cluster-membership';

/** Properties of the state machine of a job. */
export interface JobStateMachineProps extends JobSetup {
  readonly retries: number;
  readonly programRetries: number;
  readonly executionLogs?: sfn.LogOptions;
  readonly tracingEnabled?: boolean;
}

/** Creates the state machine of a job under `scope`. */
export function makeJobStateMachine(scope: Construct, props: JobStateMachineProps): sfn.StateMachine {
  const { capacity, task } = props;
  const meeting = props.nodes === undefined ? undefined : JobMeeting.of(scope);
  const stack = Stack.of(scope);
  const definition = jobDefinition(
    {
      name: scope.node.path,
      runTask: runTaskArguments(props),
      overrides: { container: task.containerName, memoryOf: memoryOverride(props) },
      nodes: meeting && props.nodes ? { count: props.nodes, table: meeting.table.tableName, seconds: firstNodeTimeout(props) } : undefined,
      input: inputFields(props),
      count: props.count,
      array: props.array,
      retries: { platform: props.retries, program: props.programRetries },
      log: task.logGroup && logAddress(task.logGroup, task.containerName),
      timeout: callTimeout(props),
    },
    Aws.PARTITION,
  );
  const stateMachine = new sfn.StateMachine(scope, 'StateMachine', {
    definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(definition, 2)),
    logs: executionLogs(scope, props.executionLogs),
    tracingEnabled: props.tracingEnabled ?? true,
  });
  for (const statement of runTaskPermissions(scope, capacity.cluster, task)) stateMachine.addToRolePolicy(statement);
  watch(scope, props);
  if (meeting) {
    stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['dynamodb:PutItem'], resources: [meeting.table.tableArn] }));
    meeting.meet(scope, capacity.cluster, firstNodeGroup(groupOf(props)));
  }
  if (props.nodes === undefined && props.array.distributed) allowDistributedMap(stateMachine);
  stateMachine.node.addDependency(clusterAssociation(capacity, capacity.cluster));
  return stateMachine;
}

/** The longest wait for a host that a call of `RunTask` allows if the job does not limit it, and the time for the image and for the watch. */
const LONGEST_WAIT = Duration.days(1);
const MARGIN = Duration.hours(1);

/** A limit beyond those that the watch keeps, so that no run lasts forever if an event is lost. */
function callTimeout({ timeout, capacityTimeout = LONGEST_WAIT }: JobSetup): number | undefined {
  if (timeout.isUnresolved() || capacityTimeout.isUnresolved()) return undefined;
  return timeout.toSeconds() + capacityTimeout.toSeconds() + MARGIN.toSeconds();
}

/** How long the other nodes wait until the first one runs. */
function firstNodeTimeout({ capacityTimeout = LONGEST_WAIT }: JobSetup): number {
  return (capacityTimeout.isUnresolved() ? LONGEST_WAIT : capacityTimeout).toSeconds() + MARGIN.toSeconds();
}

/** Limits the time of the tasks that the state machine runs. */
function watch(scope: Construct, props: JobSetup): void {
  const { capacity, timeout, capacityTimeout, nodes } = props;
  const group = groupOf(props);
  const groups = nodes === undefined ? [group] : [group, firstNodeGroup(group)];
  JobWatch.of(scope).watch(scope, { cluster: capacity.cluster, groups, timeout, capacityTimeout });
}

/** Adds the permissions in a policy of their own, because the state machine depends on the other, which therefore can't contain its ARN. */
function allowDistributedMap(stateMachine: sfn.StateMachine): void {
  new iam.Policy(stateMachine, 'DistributedMapPolicy', {
    roles: [stateMachine.role],
    statements: distributedMapPermissions(stateMachine, stateMachine),
  });
}

/** A JSONata expression for the console URL of a task's log. */
function logAddress(logGroup: logs.ILogGroup, container: string): string {
  return logLink({ region: Aws.REGION, logGroup: logGroup.logGroupName, container });
}
