import { InputField, jsonata, outcome, OverrideFacts, overrides } from './job-expressions';

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
  /** Family of the task definition. */
  readonly family: string;
  /** Tasks that run together as one job, and know each other; undefined when each runs for itself. */
  readonly nodes?: number;
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

/** Runs a task, says what became of it, and calls `next` about it. */
export function runTaskStates(facts: JobFacts, partition: string, next: string): Record<string, State> {
  return {
    'Run task': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::ecs:runTask.sync`,
      Arguments: { ...facts.runTask, Overrides: jsonata(overrides(facts.overrides)) },
      Output: jsonata('$merge([$states.input, {"task": $states.result}])'),
      Catch: [
        { ErrorEquals: ['States.ALL'], Output: jsonata('$merge([$states.input, {"error": $states.errorOutput}])'), Next: 'Look at it' },
      ],
      Next: 'Look at it',
    },
    'Look at it': { Type: 'Pass', Output: jsonata(outcome(facts.overrides.container, facts.log)), Next: next },
    Done: { Type: 'Pass', Output: jsonata('$states.input.result'), End: true },
    Fail: { Type: 'Fail', Error: jsonata('$states.input.kind'), Cause: jsonata('$states.input.message') },
  };
}

/** How long to wait before the next attempt: longer each time. */
export const WAIT_SECONDS = jsonata(`$min([${WAIT.first} * $power(2, $states.input.attempt - 1), ${WAIT.longest}])`);

/** Whether a new attempt is left for whom is to blame. */
export function mayRetry(blame: 'platform' | 'program'): string {
  return jsonata(`$states.input.blame = "${blame}" and $states.input.attempt <= $states.input.retries.${blame}`);
}
