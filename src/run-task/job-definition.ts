import { JOB_ERRORS } from './job-errors';
import { inputProblems, jsonata } from './job-expressions';
import { nodeStates } from './job-nodes';
import { JobFacts, mayRetry, runTaskStates, State, States, WAIT_SECONDS } from './job-states';

/**
 * The state machine of a job in Amazon States Language.
 *
 * Written as the language has it, for aws-cdk-lib's `EcsRunTask` takes no Managed Instances and no placement constraints, and can't leave an
 * override out when the input has none.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function jobDefinition(facts: JobFacts, partition: string): Record<string, unknown> {
  const tasks: State = {
    Type: 'Map',
    Items: jsonata('[0..($exists($states.input.input.count) ? $states.input.input.count : $states.input.count) - 1]'),
    ItemSelector: { input: jsonata('$states.input.input'), retries: facts.retries, attempt: 1 },
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...attempts(facts, partition) },
    Output: { tasks: jsonata('$states.result') },
    End: true,
  };
  return {
    Comment: 'Runs an ECS task to completion',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: facts.timeout,
    StartAt: 'Check the input',
    States: {
      'Check the input': {
        Type: 'Pass',
        Output: { input: jsonata('$states.input'), count: facts.count, problems: jsonata(inputProblems(facts.input)) },
        Next: 'Is it fine?',
      },
      'Is it fine?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($states.input.problems) = 0'), Next: 'Run tasks' }],
        Default: 'Refuse',
      },
      Refuse: { Type: 'Fail', Error: JOB_ERRORS.badInput, Cause: jsonata('$join($states.input.problems, " ")') },
      ...(facts.nodes === undefined ? { 'Run tasks': tasks } : nodeStates('Run tasks', { ...facts, nodes: facts.nodes }, partition)),
    },
  };
}

/** Runs one task, again and again while somebody else is to blame and attempts are left. */
function attempts(facts: JobFacts, partition: string): States {
  return {
    StartAt: 'Run task',
    States: {
      ...runTaskStates(facts, partition, 'What now?'),
      'What now?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' },
          { Condition: mayRetry('platform'), Next: 'Wait' },
          { Condition: mayRetry('program'), Next: 'Wait' },
        ],
        Default: 'Fail',
      },
      Wait: {
        Type: 'Wait',
        Seconds: WAIT_SECONDS,
        Output: {
          input: jsonata('$states.input.input'),
          retries: jsonata('$states.input.retries'),
          attempt: jsonata('$states.input.attempt + 1'),
        },
        Next: 'Run task',
      },
    },
  };
}
