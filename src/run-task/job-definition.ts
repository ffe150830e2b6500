import { InputField, inputProblems, jsonata, outcome, OverrideFacts, overrides } from './job-expressions';
import { JOB_ERRORS } from './job-errors';

/** A state in Amazon States Language. */
export type State = Readonly<Record<string, unknown>> & { readonly Type: string };

/** States and the one to begin with. */
export interface States {
  readonly StartAt: string;
  readonly States: Record<string, State>;
}

/** What the state machine of a job is made from. */
export interface JobFacts {
  /** What `RunTask` is called with, in the spelling of Step Functions, without overrides and count. */
  readonly runTask: Record<string, unknown>;
  readonly overrides: OverrideFacts;
  /** The fields of an execution's input. */
  readonly input: InputField[];
  /** How many tasks run when the input doesn't say. */
  readonly count: number;
  /** New attempts after the platform failed, and after the program did. */
  readonly retries: { readonly platform: number; readonly program: number };
  /** JSONata of the address of a task's log, from its id in `$id`. */
  readonly log?: string;
  /** In seconds; a token is fine. */
  readonly timeout: number;
}

/** The longest wait between attempts, in seconds, and the first one. */
const WAIT = { first: 30, longest: 900 };

const RUN_TASK_SYNC = 'ecs:runTask.sync';

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
      'Run tasks': tasks,
    },
  };
}

/** Runs one task, again and again while somebody else is to blame and attempts are left. */
function attempts(facts: JobFacts, partition: string): States {
  const mayRetry = (blame: 'platform' | 'program') =>
    jsonata(`$states.input.blame = "${blame}" and $states.input.attempt <= $states.input.retries.${blame}`);
  return {
    StartAt: 'Run task',
    States: {
      'Run task': {
        Type: 'Task',
        Resource: `arn:${partition}:states:::${RUN_TASK_SYNC}`,
        Arguments: { ...facts.runTask, Overrides: jsonata(overrides(facts.overrides)) },
        Output: jsonata('$merge([$states.input, {"task": $states.result}])'),
        Catch: [
          { ErrorEquals: ['States.ALL'], Output: jsonata('$merge([$states.input, {"error": $states.errorOutput}])'), Next: 'Look at it' },
        ],
        Next: 'Look at it',
      },
      'Look at it': { Type: 'Pass', Output: jsonata(outcome(facts.overrides.container, facts.log)), Next: 'What now?' },
      'What now?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata('$states.input.kind = "done"'), Next: 'Done' },
          { Condition: mayRetry('platform'), Next: 'Wait' },
          { Condition: mayRetry('program'), Next: 'Wait' },
        ],
        Default: 'Fail',
      },
      Done: { Type: 'Pass', Output: jsonata('$states.input.result'), End: true },
      Wait: {
        Type: 'Wait',
        Seconds: jsonata(`$min([${WAIT.first} * $power(2, $states.input.attempt - 1), ${WAIT.longest}])`),
        Output: {
          input: jsonata('$states.input.input'),
          retries: jsonata('$states.input.retries'),
          attempt: jsonata('$states.input.attempt + 1'),
        },
        Next: 'Run task',
      },
      Fail: { Type: 'Fail', Error: jsonata('$states.input.kind'), Cause: jsonata('$states.input.message') },
    },
  };
}
