import { jsonata, text } from './job-expressions';
import { EXECUTION_VARIABLE } from './job-override-expression';
import { State } from './job-states';

/** The variable that identifies the run of a node. */
export const RUN_VARIABLE = 'JOB_RUN_ID';

/** The key of a run in the table: names of executions are unique for each state machine only. */
export const runKey = (execution: string, run: string) => `${execution} & "/" & ${run}`;

/**
 * The state machine that tells the other nodes of a run where the first one is. It starts when the first node runs, finds its address, and
 * ends the wait of the run, whose token is in the table.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export function meetingDefinition(partition: string, table: string): Record<string, unknown> {
  const retry = (more: object = {}) => [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2, ...more }];
  const call = (action: string, args: Record<string, unknown>, output: string, next: string): State => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::aws-sdk:${action}`,
    Arguments: args,
    Retry: retry(),
    Output: jsonata(`$merge([$states.input, ${output}])`),
    Next: next,
  });
  const found = `(
    $task := $states.result.Tasks[0];
    $variable := function($name) { $task.Overrides.ContainerOverrides.Environment[Name = $name].Value };
    $address := $task.Containers.NetworkInterfaces.PrivateIpv4Address;
    $merge([
      {"run": ${runKey(`$variable(${text(EXECUTION_VARIABLE)})`, `$variable(${text(RUN_VARIABLE)})`)}},
      $exists($address) ? {"address": [$address][0]} : {},
      $exists($task.ContainerInstanceArn) ? {"host": $task.ContainerInstanceArn} : {}
    ])
  )`;
  return {
    Comment: 'Tells the nodes of a job where the first one is',
    QueryLanguage: 'JSONata',
    StartAt: 'Describe task',
    States: {
      'Describe task': call(
        'ecs:describeTasks',
        { Cluster: jsonata('$states.input.cluster'), Tasks: [jsonata('$states.input.task')] },
        found,
        'Address known?',
      ),
      'Address known?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$exists($states.input.address)'), Next: 'Find run' }],
        Default: 'Describe container instance',
      },
      // A task without its own network interface has the address of its host.
      'Describe container instance': call(
        'ecs:describeContainerInstances',
        { Cluster: jsonata('$states.input.cluster'), ContainerInstances: [jsonata('$states.input.host')] },
        '{"instance": $states.result.ContainerInstances[0].Ec2InstanceId}',
        'Describe instance',
      ),
      'Describe instance': call(
        'ec2:describeInstances',
        { InstanceIds: [jsonata('$states.input.instance')] },
        '{"address": $states.result.Reservations[0].Instances[0].PrivateIpAddress}',
        'Find run',
      ),
      'Find run': call(
        'dynamodb:getItem',
        { TableName: table, Key: { Run: { S: jsonata('$states.input.run') } }, ConsistentRead: true },
        '{"token": $exists($states.result.Item) ? $states.result.Item.Token.S : ""}',
        'Run waits?',
      ),
      'Run waits?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$states.input.token != ""'), Next: 'Tell address' }],
        Default: 'Nobody waits',
      },
      'Tell address': {
        Type: 'Task',
        Resource: `arn:${partition}:states:::aws-sdk:sfn:sendTaskSuccess`,
        Arguments: { TaskToken: jsonata('$states.input.token'), Output: jsonata('$string({"address": $states.input.address})') },
        Retry: retry({ ErrorEquals: ['Sfn.SdkClientException', 'Sfn.ThrottlingException', 'Sfn.SfnException'] }),
        // The run has ended, or an event that came twice has told it already.
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Nobody waits' }],
        Output: {},
        End: true,
      },
      'Nobody waits': { Type: 'Succeed' },
    },
  };
}
