// The states of a job whose tasks run side by side: one iteration of a map for each task.
import { JOB_ERRORS } from './job-errors';
import { jsonata } from './job-expressions';
import { JobFacts, RETRY_CHOICES, runTaskStates, State, States, WAIT_SECONDS } from './job-states';
import { TaskFailure } from './task-failure';

const VARIABLES = `$states.input.size > 1 ? [
  {"Name": "JOB_ARRAY_INDEX", "Value": $string($states.input.index)}, {"Name": "JOB_ARRAY_SIZE", "Value": $string($states.input.size)}
] : []`;

/** The states that run the tasks, starting with the state `first`. */
export function arrayStates(first: string, facts: JobFacts, partition: string): Record<string, State> {
  const { distributed, maxConcurrency, taskFailure } = facts.array;
  const stops = taskFailure === TaskFailure.STOP_OTHERS;
  const tasks: State = {
    Type: 'Map',
    Items: jsonata('[0..($exists($states.input.input.count) ? $states.input.input.count : $states.input.count) - 1]'),
    MaxConcurrency: maxConcurrency,
    ItemSelector: {
      input: jsonata('$states.input.input'),
      retries: facts.retries,
      attempt: 1,
      index: jsonata('$states.context.Map.Item.Value'),
      size: jsonata('$exists($states.input.input.count) ? $states.input.input.count : $states.input.count'),
      execution: jsonata('$states.context.Execution.Id'),
    },
    ItemProcessor: {
      ProcessorConfig: distributed ? { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } : { Mode: 'INLINE' },
      ...attempts(facts, partition),
    },
    ...(distributed ? { Label: 'Tasks' } : {}),
    ...(distributed && stops ? { Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'Find map run' }] } : {}),
    Output: {
      tasks: jsonata('[$states.result[$exists(taskArn)]]'),
      succeeded: jsonata('$count($states.result[$not($exists(failed))])'),
      failed: jsonata('[$states.result[$exists(failed)]]'),
    },
    Next: 'Tasks failed?',
  };
  return { [first]: tasks, ...endStates(), ...(distributed && stops ? findFailedStates(partition) : {}) };
}

/** The states that report which tasks failed. */
function endStates(): Record<string, State> {
  const cause = `(
    $failed := $states.input.failed;
    $shown := $failed[[0..999]].$string(failed);
    $more := $count($failed) > 1000 ? " and " & $string($count($failed) - 1000) & " more";
    $string($count($failed)) & " of " & $string($count($failed) + $states.input.succeeded) & " tasks failed: " & $join($shown, ", ") & $more & ". "
      & $join($failed[[0..2]].cause, " ")
  )`;
  return {
    'Tasks failed?': {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$count($states.input.failed) > 0'), Next: 'Report failed tasks' }],
      Default: 'Report tasks',
    },
    'Report failed tasks': { Type: 'Fail', Error: JOB_ERRORS.tasksFailed, Cause: jsonata(cause) },
    'Report tasks': {
      Type: 'Pass',
      Output: { tasks: jsonata('$states.input.tasks'), succeeded: jsonata('$states.input.succeeded') },
      End: true,
    },
  };
}

/** The states that run one task, and retry it while retries are left for the kind of failure. */
function attempts(facts: JobFacts, partition: string): States {
  const withVariables = { ...facts, overrides: { ...facts.overrides, variables: VARIABLES } };
  const { Done, Fail, ...run } = runTaskStates(withVariables, partition, 'Retry?');
  const kept = ['input', 'retries', 'index', 'size', 'execution'].map((name) => [name, jsonata(`$states.input.${name}`)] as const);
  return {
    StartAt: 'Run task',
    States: {
      ...run,
      'Retry?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' }, ...RETRY_CHOICES],
        Default: 'Fail',
      },
      'Wait before retry': {
        Type: 'Wait',
        Seconds: WAIT_SECONDS,
        Output: { ...Object.fromEntries(kept), attempt: jsonata('$states.input.attempt + 1') },
        Next: 'Run task',
      },
      // The results of all tasks must fit into 256 KiB: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
      Done: facts.array.distributed ? { ...Done, Output: { done: true } } : Done,
      Fail: facts.array.taskFailure === TaskFailure.CONTINUE ? reported() : named(Fail),
    },
  };
}

/** A failed task whose run goes on. */
function reported(): State {
  const cause = `$substring("Task " & $string($states.input.index) & ": " & $states.input.kind & ": " & $states.input.message, 0, $floor(200000 / $states.input.size))`;
  return { Type: 'Pass', Output: { failed: jsonata('$states.input.index'), cause: jsonata(cause) }, End: true };
}

/** A failed task whose run fails with it, by its index. */
function named(fail: State): State {
  const which = '$states.input.size > 1 ? "Task " & $string($states.input.index) & " of " & $string($states.input.size) & ": " : ""';
  return { ...fail, Cause: jsonata(`(${which}) & $states.input.message`) };
}

/**
 * The states that find the task whose failure ended a distributed map, because the error of the map does not tell.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
function findFailedStates(partition: string): Record<string, State> {
  const call = (action: string, args: Record<string, unknown>, output: string, next: string): State => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::aws-sdk:sfn:${action}`,
    Arguments: args,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 }],
    Output: jsonata(output),
    Next: next,
  });
  return {
    'Find map run': call(
      'listMapRuns',
      { ExecutionArn: jsonata('$states.context.Execution.Id') },
      '{"mapRun": $states.result.MapRuns[0].MapRunArn}',
      'Find failed task',
    ),
    'Find failed task': call(
      'listExecutions',
      { MapRunArn: jsonata('$states.input.mapRun'), StatusFilter: 'FAILED', MaxResults: 1 },
      '{"task": $states.result.Executions[0].ExecutionArn}',
      'Describe failed task',
    ),
    'Describe failed task': call(
      'describeExecution',
      { ExecutionArn: jsonata('$states.input.task') },
      '{"error": $states.result.Error, "cause": $states.result.Cause}',
      'Report failed task',
    ),
    'Report failed task': { Type: 'Fail', Error: jsonata('$states.input.error'), Cause: jsonata('$states.input.cause') },
  };
}
