import { ArnFormat, aws_ecs as ecs, aws_iam as iam, aws_stepfunctions as sfn, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobTask } from './job-task';

/**
 * The permissions of the state machine that runs the tasks of a job: run this task definition on this cluster, describe and stop tasks of
 * the cluster, and pass the two roles of the task.
 *
 * They cover all revisions of the task definition, because an execution that started before an update continues with the earlier revision.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html#connect-ecs-iam
 */
export function runTaskPermissions(scope: Construct, cluster: ecs.ICluster, task: JobTask): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  const onThisCluster = { 'ecs:cluster': cluster.clusterArn };
  const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
  return [
    new iam.PolicyStatement({
      actions: ['ecs:RunTask'],
      resources: [stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${task.family}:*` })],
      conditions: { ArnEquals: onThisCluster },
    }),
    new iam.PolicyStatement({
      actions: ['ecs:StopTask', 'ecs:DescribeTasks'],
      resources: [tasks],
      conditions: { ArnEquals: onThisCluster },
    }),
    new iam.PolicyStatement({
      actions: ['ecs:TagResource'],
      resources: [tasks],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
    }),
    new iam.PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [task.taskRole, ...(task.executionRole ? [task.executionRole] : [])].map(({ roleArn }) => roleArn),
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
    // Step Functions uses this rule to learn that a task has stopped.
    new iam.PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [
        stack.formatArn({
          service: 'events',
          resource: 'rule',
          resourceName: 'StepFunctionsGetEventsForECSTaskRule',
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ],
    }),
  ];
}

/**
 * The permissions of a state machine whose tasks run in a distributed map: start executions of itself, and find out which one failed.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function distributedMapPermissions(scope: Construct, stateMachine: sfn.StateMachine): iam.PolicyStatement[] {
  const arn = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const name = stateMachine.stateMachineName;
  const executions = arn('execution', `${name}:*`);
  const children = arn('execution', `${name}/*`);
  return [
    new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
    new iam.PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [executions, children] }),
    new iam.PolicyStatement({ actions: ['states:ListMapRuns'], resources: [executions] }),
    new iam.PolicyStatement({ actions: ['states:ListExecutions'], resources: [arn('mapRun', `${name}/*`)] }),
  ];
}

/** Allows ECS Exec into the tasks. The services of aws-cdk-lib grant this themselves; a task definition does not. */
export function grantExecuteCommand(taskRole: iam.IRole, cluster: ecs.ICluster): void {
  const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
  taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: channels.map((action) => `ssmmessages:${action}`), resources: ['*'] }));
  const { kmsKey, logConfiguration } = cluster.executeCommandConfiguration ?? {};
  kmsKey?.grantDecrypt(taskRole);
  logConfiguration?.s3Bucket?.grantPut(taskRole);
  const logGroup = logConfiguration?.cloudWatchLogGroup;
  if (!logGroup) return;
  const allow = (actions: string[], resource: string) =>
    taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: actions.map((action) => `logs:${action}`), resources: [resource] }));
  allow(['DescribeLogGroups'], '*');
  allow(['CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'], `${logGroup.logGroupRef.logGroupArn}:*`);
}
