import { jsonata, text } from './job-expressions';
import { State } from './job-states';

/** What a watch waits for, as a rule of EventBridge passes it on. */
export interface WatchInput {
  readonly cluster: string;
  readonly task: string;
  /** The time from which the limit counts. */
  readonly since: string;
  /** The limit in seconds. */
  readonly seconds: number;
  /** The status in which the task is stopped, with `*` for any in which it runs or waits. */
  readonly status: 'PROVISIONING' | '*';
  /** The reason that ECS shows for the stop. */
  readonly reason: string;
}

/** The statuses of a task that ends or has ended. */
const ENDED = ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED', 'DELETED'];

/**
 * The state machine that stops a task when its time is over. It waits without history events, so a long wait costs nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export function watchDefinition(partition: string): Record<string, unknown> {
  const call = (action: string, args: Record<string, unknown>): Omit<State, 'Type'> => ({
    Resource: `arn:${partition}:states:::aws-sdk:ecs:${action}`,
    Arguments: { Cluster: jsonata('$states.input.cluster'), ...args },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 8, BackoffRate: 2 }],
  });
  const applies = `(
    $status := $states.input.is;
    $exists($status) and ($states.input.status = "*" ? $not($status in [${ENDED.map(text).join(', ')}]) : $status = $states.input.status)
  )`;
  return {
    Comment: 'Stops a task of a job when its time is over',
    QueryLanguage: 'JSONata',
    StartAt: 'Wait',
    States: {
      Wait: {
        Type: 'Wait',
        Timestamp: jsonata('$fromMillis($toMillis($states.input.since) + 1000 * $states.input.seconds)'),
        Next: 'Describe task',
      },
      'Describe task': {
        Type: 'Task',
        ...call('describeTasks', { Tasks: [jsonata('$states.input.task')] }),
        Output: jsonata('$merge([$states.input, {"is": $states.result.Tasks[0].LastStatus}])'),
        Next: 'Time over?',
      },
      'Time over?': { Type: 'Choice', Choices: [{ Condition: jsonata(applies), Next: 'Stop task' }], Default: 'In time' },
      'In time': { Type: 'Succeed' },
      'Stop task': {
        Type: 'Task',
        ...call('stopTask', { Task: jsonata('$states.input.task'), Reason: jsonata('$states.input.reason') }),
        Output: {},
        End: true,
      },
    },
  };
}
