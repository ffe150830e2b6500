import jsonata from 'jsonata';

/** A state machine, or the inner one of a Map or Parallel, in Amazon States Language with JSONata. */
interface Machine {
  readonly StartAt: string;
  readonly States: Record<string, AslState>;
  readonly TimeoutSeconds?: number;
}

interface AslState {
  readonly Type: string;
  readonly [field: string]: unknown;
}

interface Catcher {
  readonly ErrorEquals: string[];
  readonly Next: string;
  readonly Output?: unknown;
}

/** Retries of a task; ours apply to all errors. */
interface Retrier {
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
}

/** The error with which a state fails. */
export class StatesError extends Error {
  constructor(
    public readonly error: string,
    public readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

/** A call to a service, and its time in seconds since the start. */
export interface Call {
  readonly resource: string;
  readonly args: Record<string, unknown>;
  readonly at: number;
}

/** The answer of a stubbed service: a result or a `StatesError`, after some seconds. */
export interface Reply {
  readonly result?: unknown;
  readonly fails?: StatesError;
  readonly after?: number;
}

/** How an execution ended. */
export interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly calls: Call[];
  /** Calls that were in progress when something else made the execution fail: Step Functions cancels them. */
  readonly cancelled: Call[];
  /** Duration in seconds. */
  readonly took: number;
  readonly visited: string[];
}

/** The time at which executions start. */
export const START = Date.parse('2026-11-27T08:00:00Z');

const secondsSince = (timestamp: string) => (Date.parse(timestamp) - START) / 1000;

/** The token of a task state that waits for a callback. */
export const TOKEN = 'token-of-the-task';

/** The ARN of a child execution of a distributed map, without its index. */
const CHILD = 'arn:aws:states:us-east-1:111111111111:execution:job/Tasks:';

interface Context {
  readonly reply: (call: Call) => Reply;
  readonly calls: Call[];
  readonly open: Map<Call, number>;
  readonly visited: string[];
  readonly execution: unknown;
  readonly map?: unknown;
}

/** The output of a state, and the time when it ended. */
interface Done {
  readonly value: unknown;
  readonly at: number;
}

/** A failure, and the time when it happened. */
class Failure extends Error {
  constructor(
    public readonly states: StatesError,
    public readonly at: number,
  ) {
    super(states.message);
  }
}

/**
 * Executes a state machine as Step Functions would, but at once: it counts time instead of waiting. Supports what our state machines use:
 * JSONata; Pass, Task, Choice, Wait, Map, Parallel, Succeed and Fail; Catch, Retry, and the timeout of the execution.
 *
 * @see https://states-language.net/spec.html
 */
export async function execute(definition: unknown, input: unknown, reply: (call: Call) => Reply): Promise<Execution> {
  const machine = definition as Machine;
  const context: Context = {
    reply,
    calls: [],
    open: new Map(),
    visited: [],
    execution: { Id: 'arn:aws:states:us-east-1:111111111111:execution:job:run-1', Name: 'run-1', Input: input },
  };
  const limit = machine.TimeoutSeconds ?? Infinity;
  const facts = { calls: context.calls, visited: context.visited };
  const cancelled = (at: number) => context.calls.filter((call) => call.at <= at && (context.open.get(call) ?? 0) > at);
  try {
    const { value, at } = await run(machine, input, 0, context);
    if (at > limit) return { ...facts, status: 'TIMED_OUT', took: limit, cancelled: cancelled(limit) };
    return { ...facts, status: 'SUCCEEDED', output: value, took: at, cancelled: [] };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.at > limit) return { ...facts, status: 'TIMED_OUT', took: limit, cancelled: cancelled(limit) };
    const { error, cause } = failure.states;
    return { ...facts, status: 'FAILED', error, cause, took: failure.at, cancelled: cancelled(failure.at) };
  }
}

async function run(machine: Machine, input: unknown, start: number, context: Context): Promise<Done> {
  let name: string | undefined = machine.StartAt;
  let done: Done = { value: input, at: start };
  while (name !== undefined) {
    const state: AslState = machine.States[name];
    if (!state) throw new Error(`No state is called ${name}`);
    context.visited.push(name);
    const step = await take(state, done, context);
    done = step.done;
    name = step.next;
  }
  return done;
}

async function take(state: AslState, { value: input, at }: Done, context: Context): Promise<{ done: Done; next?: string }> {
  try {
    return await enter(state, { value: input, at }, context);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const { error, cause } = failure.states;
    const catcher = ((state.Catch ?? []) as Catcher[]).find(
      ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
    );
    if (!catcher) throw failure;
    const errorOutput = { Error: error, Cause: cause };
    const value = catcher.Output === undefined ? errorOutput : await evaluate(catcher.Output, { input, errorOutput }, failure.at, context);
    return { done: { value, at: failure.at }, next: catcher.Next };
  }
}

async function enter(state: AslState, { value: input, at }: Done, context: Context, tried = 0): Promise<{ done: Done; next?: string }> {
  const leave = async (result: unknown, when: number, next = state.Next as string | undefined) => ({
    done: { value: state.Output === undefined ? result : await evaluate(state.Output, { input, result }, when, context), at: when },
    next,
  });
  const evaluated = async <T>(value: unknown) => (await evaluate(value, { input }, at, context)) as T & string & number;
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return leave(input, at);
    case 'Fail':
      throw new Failure(
        new StatesError(
          (await evaluate(state.Error, { input }, at, context)) as string,
          (await evaluate(state.Cause, { input }, at, context)) as string,
        ),
        at,
      );
    case 'Wait':
      return leave(
        input,
        state.Timestamp === undefined
          ? at + (await evaluated(state.Seconds))
          : Math.max(at, secondsSince(await evaluated(state.Timestamp))),
      );
    case 'Choice':
      for (const choice of state.Choices as { Condition: string; Next: string }[]) {
        const holds = await evaluate(choice.Condition, { input }, at, context);
        if (typeof holds !== 'boolean') throw new Error(`A condition must be a boolean, got: ${JSON.stringify(holds)}`);
        if (holds) return leave(input, at, choice.Next);
      }
      return leave(input, at, state.Default as string);
    case 'Task': {
      const call = { resource: state.Resource as string, args: await evaluate(state.Arguments, { input }, at, context), at } as Call;
      context.calls.push(call);
      const { result, fails, after = 0 } = context.reply(call);
      context.open.set(call, at + after);
      const limit = (state.TimeoutSeconds as number | undefined) ?? Infinity;
      if (after > limit) throw new Failure(new StatesError('States.Timeout', ''), at + limit);
      if (!fails) return leave(result, at + after);
      const [retrier] = (state.Retry ?? []) as Retrier[];
      const { IntervalSeconds: interval = 1, MaxAttempts: most = 3, BackoffRate: rate = 2 } = retrier ?? { MaxAttempts: 0 };
      if (tried >= most) throw new Failure(fails, at + after);
      return enter(state, { value: input, at: at + after + interval * rate ** tried }, context, tried + 1);
    }
    case 'Map': {
      const items = (await evaluate(state.Items, { input }, at, context)) as unknown[];
      const machine = state.ItemProcessor as Machine & { ProcessorConfig: { Mode: string } };
      const distributed = machine.ProcessorConfig.Mode === 'DISTRIBUTED';
      const results = await inTurns(items, (state.MaxConcurrency as number | undefined) || Infinity, at, async (Value, Index, start) => {
        const inner = { ...context, map: { Item: { Index, Value } } };
        const selected = await evaluate(state.ItemSelector, { input }, start, inner);
        return run(machine, selected, start, distributed ? { ...inner, execution: { Id: `${CHILD}${Index}` } } : inner);
      }).catch((failure: unknown) => {
        if (!distributed || !(failure instanceof Failure)) throw failure;
        // The error of the map does not say which child failed, nor why.
        throw new Failure(new StatesError('States.ExceedToleratedFailureThreshold', 'The threshold was exceeded'), failure.at);
      });
      return leave(
        results.map(({ value }) => value),
        Math.max(at, ...results.map((done) => done.at)),
      );
    }
    case 'Parallel': {
      const value = state.Arguments === undefined ? input : await evaluate(state.Arguments, { input }, at, context);
      const results = await together(state.Branches as Machine[], (branch) => run(branch, value, at, context));
      return leave(
        results.map((done) => done.value),
        Math.max(...results.map((done) => done.at)),
      );
    }
    default:
      throw new Error(`The interpreter does not know states of type ${state.Type}`);
  }
}

/** Runs all items, at most `most` at once. */
async function inTurns<T>(
  items: T[],
  most: number,
  at: number,
  one: (item: T, index: number, start: number) => Promise<Done>,
): Promise<Done[]> {
  if (items.length <= most) return together(items, (item, index) => one(item, index, at));
  const free = Array<number>(most).fill(at);
  const results: Done[] = [];
  for (const [index, item] of items.entries()) {
    const next = free.indexOf(Math.min(...free));
    results.push(await one(item, index, free[next]));
    free[next] = results[index].at;
  }
  return results;
}

/** Runs all items. If any fail, the earliest failure is the failure of the whole. */
async function together<T>(items: T[], one: (item: T, index: number) => Promise<Done>): Promise<Done[]> {
  const settled = await Promise.allSettled(items.map(one));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const unexpected = failures.find((failure) => !(failure instanceof Failure));
  if (unexpected) throw unexpected;
  if (failures.length > 0) throw (failures as Failure[]).sort((a, b) => a.at - b.at)[0];
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** Evaluates every JSONata string of a value. As in Step Functions, an undefined result is an error. */
async function evaluate(value: unknown, states: Record<string, unknown>, at: number, context: Context): Promise<unknown> {
  if (typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}')) {
    const found = await query(value.slice(2, -2), {
      ...states,
      context: { Execution: context.execution, Map: context.map, Task: { Token: TOKEN } },
    });
    if (found === undefined) throw new Failure(new StatesError('States.QueryEvaluationError', `Undefined: ${value}`), at);
    return found;
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, states, at, context)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await evaluate(inner, states, at, context)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function query(expression: string, states: Record<string, unknown>): Promise<unknown> {
  const compiled = jsonata(expression);
  compiled.registerFunction('parse', (json: string) => JSON.parse(json) as unknown);
  const found: unknown = await compiled.evaluate(undefined, { states });
  // JSONata marks its own arrays; a round trip through JSON removes the marks.
  return found === undefined ? undefined : JSON.parse(JSON.stringify(found));
}
