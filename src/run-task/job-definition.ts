import { JOB_ERRORS } from './job-errors';
import { jsonata } from './job-expressions';
import { inputProblems } from './job-input-problems';
import { nodeStates } from './job-nodes';
import { JobFacts, RETRY_CHOICES, runTaskStates, State, States, WAIT_SECONDS } from './job-states';

/**
 * The state machine of a job in Amazon States Language.
 *
 * The definition is written directly in that language because `EcsRunTask` of aws-cdk-lib supports neither Managed Instances nor placement
 * constraints, and can't omit an override that the input omits.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function jobDefinition(facts: JobFacts, partition: string): Record<string, unknown> {
  const first = facts.nodes === undefined ? 'Run tasks' : 'Prepare first attempt';
  const tasks: State = {
    Type: 'Map',
    Items: jsonata('[0..($exists($states.input.input.count) ? $states.input.input.count : $states.input.count) - 1]'),
    ItemSelector: { input: jsonata('$states.input.input'), retries: facts.retries, attempt: 1 },
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...attempts(facts, partition) },
    Output: { tasks: jsonata('$states.result') },
    End: true,
  };
  return {
    Comment: `Runs ${facts.name}`,
    QueryLanguage: 'JSONata',
    TimeoutSeconds: facts.timeout,
    StartAt: 'Validate input',
    States: {
      'Validate input': {
        Type: 'Pass',
        Output: { input: jsonata('$states.input'), count: facts.count, problems: jsonata(inputProblems(facts.input)) },
        Next: 'Input valid?',
      },
      'Input valid?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($states.input.problems) = 0'), Next: first }],
        Default: 'Reject input',
      },
      'Reject input': { Type: 'Fail', Error: JOB_ERRORS.badInput, Cause: jsonata('$join($states.input.problems, " ")') },
      ...(facts.nodes === undefined ? { [first]: tasks } : nodeStates(first, { ...facts, nodes: facts.nodes }, partition)),
    },
  };
}

/** The states that run one task, and retry it while retries are left for the kind of failure. */
function attempts(facts: JobFacts, partition: string): States {
  return {
    StartAt: 'Run task',
    States: {
      ...runTaskStates(facts, partition, 'Retry?'),
      'Retry?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' }, ...RETRY_CHOICES],
        Default: 'Fail',
      },
      'Wait before retry': {
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
