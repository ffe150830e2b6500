import { ArraySetup } from './job-array-setup';
import { jsonata } from './job-expressions';
import { InputField } from './job-input-problems';
import { outcome } from './job-outcome';
import { OverrideFacts, overrides } from './job-override-expression';

/** A state in Amazon States Language. */
export type State = Readonly<Record<string, unknown>> & { readonly Type: string };

/** States, and the name of the first one. */
export interface States {
  readonly StartAt: string;
  readonly States: Record<string, State>;
}

/** The nodes of a job, and where and how long they wait for the first one. */
export interface NodesFacts {
  readonly count: number;
  /** The name of the table of waiting runs. */
  readonly table: string;
  /** The limit of the wait. */
  readonly seconds: number;
}

/** The facts that determine the state machine of a job. */
export interface JobFacts {
  /** The path of the job. */
  readonly name: string;
  /** The arguments of `RunTask` in the format of Step Functions, without overrides and count. */
  readonly runTask: Record<string, unknown>;
  readonly overrides: OverrideFacts;
  /** Undefined if the tasks of the job are independent. */
  readonly nodes?: NodesFacts;
  /** The fields that the input of an execution can have. */
  readonly input: InputField[];
  /** The number of tasks when the input has no `count`. */
  readonly count: number;
  readonly array: ArraySetup;
  /** The number of retries after a failure of the platform, and of the program. */
  readonly retries: { readonly platform: number; readonly program: number };
  /** A JSONata expression for the URL of a task's log, from the task ID in `$id`. */
  readonly log?: string;
  /** The time limit of a call of `RunTask` in seconds, if the watch of the job does not stop its task. Undefined if it is not known at synth. */
  readonly timeout?: number;
}

/** The first and the longest wait between attempts, in seconds. */
const WAIT = { first: 30, longest: 900 };

/** The states that run a task and classify its outcome, then go to the state `next`. */
export function runTaskStates(facts: JobFacts, partition: string, next: string): Record<string, State> {
  return {
    'Run task': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::ecs:runTask.sync`,
      Arguments: { ...facts.runTask, Overrides: jsonata(overrides(facts.overrides)) },
      TimeoutSeconds: facts.timeout,
      Output: jsonata('$merge([$states.input, {"task": $states.result}])'),
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Output: jsonata('$merge([$states.input, {"error": $states.errorOutput}])'),
          Next: 'Classify outcome',
        },
      ],
      Next: 'Classify outcome',
    },
    'Classify outcome': { Type: 'Pass', Output: jsonata(outcome(facts.overrides.container, facts.log)), Next: next },
    Done: { Type: 'Pass', Output: jsonata('$states.input.result'), End: true },
    Fail: { Type: 'Fail', Error: jsonata('$states.input.kind'), Cause: jsonata('$states.input.message') },
  };
}

/** The wait before the next attempt, which doubles each time. */
export const WAIT_SECONDS = jsonata(`$min([${WAIT.first} * $power(2, $states.input.attempt - 1), ${WAIT.longest}])`);

/** The choices of a state that retries a failed attempt while retries are left for its cause. */
export const RETRY_CHOICES = ['platform', 'program'].map((blame) => ({
  Condition: jsonata(`$states.input.blame = "${blame}" and $states.input.attempt <= $states.input.retries.${blame}`),
  Next: 'Wait before retry',
}));
