import { arnIn, Call } from './roles';
import { TemplateJson } from '../support/template';

const ACCOUNT = '111111111111';
const ecsArn = (resource: string) => `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`;

const OTHER_CLUSTER = ecsArn('cluster/other');
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/admin`;
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/`;

/** Calls of one resource, which must be denied for another. */
function each(actions: string[], resource: string, elsewhere?: string, context?: Record<string, string>): Call[] {
  return actions.map((action) => ({ action, resource, elsewhere, context }));
}

/** What the ECS agent of a host calls. */
export function agentCalls(cluster: string): Call[] {
  const inCluster = { 'ecs:cluster': cluster };
  const host = cluster.replace(':cluster/', ':container-instance/') + '/0123456789abcdef0';
  return [
    ...each(['ecs:RegisterContainerInstance', 'ecs:DeregisterContainerInstance'], cluster, OTHER_CLUSTER),
    // State changes of tasks, containers and attachments.
    ...each(['ecs:SubmitTaskStateChange', 'ecs:SubmitContainerStateChange', 'ecs:SubmitAttachmentStateChanges'], cluster, OTHER_CLUSTER),
    ...each(['ecs:Poll', 'ecs:StartTelemetrySession'], host, undefined, inCluster),
    ...each(['ecs:DiscoverPollEndpoint', 'ecr:GetAuthorizationToken'], '*'),
    // The awslogs driver of a task without an execution role.
    ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:any:log-stream:main`),
  ];
}

/** What the awslogs driver calls for a task with an execution role. */
export function logCalls(template: TemplateJson, logGroup: string): Call[] {
  const stream = (group: string) => group.replace(/\*$/, 'log-stream:main');
  const other = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:other:*`;
  return each(['logs:CreateLogStream', 'logs:PutLogEvents'], stream(arnIn(template, 'AWS::Logs::LogGroup', logGroup)), stream(other));
}

/** What the agent calls with the execution role to pull an image of the repository `models/bert`. */
export function pullCalls(): Call[] {
  const repository = (name: string) => `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${name}`;
  return [
    ...each(
      ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      repository('models/bert'),
      repository('models/other'),
    ),
    ...each(['ecr:GetAuthorizationToken'], '*'),
  ];
}

/** What Step Functions calls to run the tasks of a job and to wait for them. */
export function runTaskCalls(template: TemplateJson, cluster: string): Call[] {
  const { Family } = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition')!.Properties!;
  const inCluster = { 'ecs:cluster': cluster };
  const role = (name: string) => arnIn(template, 'AWS::IAM::Role', `TrainTaskDefinition${name}`);
  const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  const [task, otherTask] = [cluster, OTHER_CLUSTER].map((of) => `${of.replace(':cluster/', ':task/')}/0123456789abcdef0`);
  return [
    ...each(['ecs:RunTask'], ecsArn(`task-definition/${Family as string}:7`), ecsArn('task-definition/other:7'), inCluster),
    ...each(['ecs:StopTask', 'ecs:DescribeTasks'], task, otherTask, inCluster),
    ...each(['ecs:TagResource'], task, otherTask, { 'ecs:CreateAction': 'RunTask' }),
    ...each(['iam:PassRole'], role('TaskRole'), OTHER_ROLE, toTasks),
    ...each(['iam:PassRole'], role('ExecutionRole'), OTHER_ROLE, toTasks),
    ...each(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      `${RULE}StepFunctionsGetEventsForECSTaskRule`,
      `${RULE}StepFunctionsGetEventsForOthers`,
    ),
  ];
}

/** What Step Functions calls to log and trace the executions of a job. Both support all resources only. */
export function executionLogCalls(): Call[] {
  const deliveries = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'];
  const policies = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  return each([...[...deliveries, ...policies].map((action) => `logs:${action}`), ...traces.map((action) => `xray:${action}`)], '*');
}

/** What Step Functions calls to wait for the first node of a job. */
export function meetingWaitCalls(template: TemplateJson): Call[] {
  const table = arnIn(template, 'AWS::DynamoDB::GlobalTable', 'MlRunTaskMeetingRuns');
  return each(['dynamodb:PutItem'], table, `${table}-other`);
}

/** What the meeting of jobs calls to find the first node, and to tell who waits for it. */
export function meetingCalls(template: TemplateJson, cluster: string): Call[] {
  const inCluster = { 'ecs:cluster': cluster };
  const [task, otherTask] = [cluster, OTHER_CLUSTER].map((of) => `${of.replace(':cluster/', ':task/')}/0123456789abcdef0`);
  const [host, otherHost] = [cluster, OTHER_CLUSTER].map((of) => `${of.replace(':cluster/', ':container-instance/')}/0123456789abcdef0`);
  const table = arnIn(template, 'AWS::DynamoDB::GlobalTable', 'MlRunTaskMeetingRuns');
  return [
    ...each(['ecs:DescribeTasks'], task, otherTask, inCluster),
    ...each(['ecs:DescribeContainerInstances'], host, otherHost, inCluster),
    ...each(['ec2:DescribeInstances', 'states:SendTaskSuccess'], '*'),
    ...each(['dynamodb:GetItem'], table, `${table}-other`),
    ...executionLogCalls(),
  ];
}

/** What Step Functions calls to run the tasks of a job in a distributed map, and to find the one that failed. */
export function distributedMapCalls(template: TemplateJson): Call[] {
  const [ours, others] = [execution(template), execution(template, 'other')];
  const child = (of: string) => of.replace(':run-1', '/Tasks:0123');
  const mapRun = (of: string) => child(of).replace(':execution:', ':mapRun:');
  return [
    ...startCalls(template),
    ...each(['states:DescribeExecution', 'states:StopExecution'], ours, others),
    ...each(['states:DescribeExecution', 'states:StopExecution'], child(ours), child(others)),
    ...each(['states:ListMapRuns'], ours, others),
    ...each(['states:ListExecutions'], mapRun(ours), mapRun(others)),
  ];
}

/** What EventBridge calls when ECS reports a change of a task. */
export function startSharedCalls(template: TemplateJson, shared: 'MlRunTaskWatch' | 'MlRunTaskMeeting'): Call[] {
  const watch = arnIn(template, 'AWS::StepFunctions::StateMachine', `${shared}StateMachine`);
  return each(['states:StartExecution'], watch, watch.replace(/[^:]+$/, 'other'));
}

/** What the watch of jobs calls. */
export function watchCalls(cluster: string): Call[] {
  const [task, otherTask] = [cluster, OTHER_CLUSTER].map((of) => `${of.replace(':cluster/', ':task/')}/0123456789abcdef0`);
  return [...each(['ecs:DescribeTasks', 'ecs:StopTask'], task, otherTask, { 'ecs:cluster': cluster }), ...executionLogCalls()];
}

/** What starts a job calls. */
export function startCalls(template: TemplateJson): Call[] {
  const stateMachine = arnIn(template, 'AWS::StepFunctions::StateMachine', 'TrainStateMachine');
  return each(['states:StartExecution'], stateMachine, stateMachine.replace(/[^:]+$/, 'other'));
}

/** What a state machine calls to wait for a job that it started. */
export function waitCalls(template: TemplateJson): Call[] {
  return [
    ...each(['states:DescribeExecution', 'states:StopExecution'], execution(template), execution(template, 'other')),
    ...each(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      `${RULE}StepFunctionsGetEventsForStepFunctionsExecutionRule`,
      `${RULE}StepFunctionsGetEventsForOthers`,
    ),
  ];
}

/** What the handlers of a run on deploy call. */
export function deployCalls(template: TemplateJson): Record<'onEvent' | 'isComplete', Call[]> {
  const stack = (id: string) => `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/${id}/id`;
  return {
    onEvent: [...startCalls(template), ...each(['cloudformation:DescribeStacks'], stack('Stack'), stack('Other'))],
    isComplete: each(['states:DescribeExecution'], execution(template), execution(template, 'other')),
  };
}

function execution(template: TemplateJson, of?: string): string {
  const stateMachine = arnIn(template, 'AWS::StepFunctions::StateMachine', 'TrainStateMachine');
  const machine = of === undefined ? stateMachine : stateMachine.replace(/[^:]+$/, of);
  return `${machine.replace(':stateMachine:', ':execution:')}:run-1`;
}

/** What the SSM agent in a task calls for ECS Exec on a cluster that encrypts and logs it. */
export function execCalls(template: TemplateJson): Call[] {
  const bucket = arnIn(template, 'AWS::S3::Bucket', 'ExecBucket');
  const group = arnIn(template, 'AWS::Logs::LogGroup', 'ExecLog');
  const key = arnIn(template, 'AWS::KMS::Key', 'Key');
  const log = (of: string) => of.replace(/\*$/, 'log-stream:exec');
  const otherGroup = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:other:*`;
  const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
  return [
    ...each(
      channels.map((action) => `ssmmessages:${action}`),
      '*',
    ),
    ...each(['kms:Decrypt'], key, `${key}-other`),
    // What `s3.Bucket.grantPut` gives.
    ...each(
      ['PutObject', 'PutObjectLegalHold', 'PutObjectRetention', 'PutObjectTagging', 'PutObjectVersionTagging', 'AbortMultipartUpload'].map(
        (action) => `s3:${action}`,
      ),
      `${bucket}/exec/log`,
      'arn:aws:s3:::other/exec/log',
    ),
    ...each(['logs:DescribeLogGroups'], '*'),
    ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], log(group), log(otherGroup)),
    ...each(['logs:DescribeLogStreams'], group, otherGroup),
  ];
}

/** What a program calls to read the objects in `in/` of a bucket. */
export function readCalls(template: TemplateJson): Call[] {
  const bucket = arnIn(template, 'AWS::S3::Bucket', 'Bucket');
  return [
    ...each(['s3:GetObject'], `${bucket}/in/data`, `${bucket}/out/data`),
    ...each(['s3:ListBucket', 's3:GetBucketLocation'], bucket, 'arn:aws:s3:::other'),
  ];
}

/** What EventBridge Scheduler calls. */
export function scheduleCalls(template: TemplateJson): Call[] {
  const queue = arnIn(template, 'AWS::SQS::Queue', 'Missed');
  return [...startCalls(template), ...each(['sqs:SendMessage'], queue, `${queue}-other`)];
}

/** What the ECS service calls to give Managed Instances their role. */
export function passHostRoleCalls(template: TemplateJson): Call[] {
  const role = arnIn(template, 'AWS::IAM::Role', 'ManagedRole');
  return each(['iam:PassRole'], role, OTHER_ROLE, { 'iam:PassedToService': 'ec2.amazonaws.com' });
}

/** What the runtime of Elastic Inference calls; AWS documents no narrower policy. */
export const ELASTIC_INFERENCE_ACTIONS = ['elastic-inference:Connect', 'iam:List*', 'iam:Get*', 'ec2:Describe*', 'ec2:Get*'];

/** The ARN of a cluster by its name. */
export const clusterArn = (name: string) => ecsArn(`cluster/${name}`);
