import { execFileSync } from 'child_process';
import { aws_ecs as ecs, CfnOutput, Duration } from 'aws-cdk-lib';
import { container, EXECUTION, makeJob } from './support';
import { MlRunTask, MlRunTaskProps, NeuronCapacity, NeuronCapacityStrategy, NeuronInstanceType, TaskFailure } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { Call, execute, Reply, StatesError } from '../support/asl';
import { deployed, stateMachineOf } from '../support/state-machine';

const definition = (props: Partial<MlRunTaskProps>) =>
  stateMachineOf(synth(makeJob({ timeout: Duration.days(30), ...props }).stack), 'Train');

/** The variables of a task, by name. */
function variablesOf({ args }: Call): Record<string, string> {
  const { ContainerOverrides } = args.Overrides as { ContainerOverrides: { Environment: { Name: string; Value: string }[] }[] };
  return Object.fromEntries(ContainerOverrides[0].Environment.map(({ Name, Value }) => [Name, Value]));
}

const indexOf = (call: Call) => Number(variablesOf(call).JOB_ARRAY_INDEX);

function stopped(index: number, ExitCode: number) {
  return {
    TaskArn: `arn:aws:ecs:us-east-1:111111111111:task/C/${index}`,
    StopCode: 'EssentialContainerExited',
    Containers: [{ Name: 'main', ExitCode }],
  };
}

/** ECS and Step Functions, where the tasks with these indexes fail. */
function services(failing: number[] = []): (call: Call) => Reply {
  return (call) => {
    if (call.resource.endsWith('listMapRuns')) return { result: { MapRuns: [{ MapRunArn: 'arn:map-run' }] } };
    if (call.resource.endsWith('listExecutions')) return { result: { Executions: [{ ExecutionArn: 'arn:child' }] } };
    if (call.resource.endsWith('describeExecution')) {
      return { result: { Error: 'MlRunTask.ProgramFailed', Cause: 'Task 3 of 50: Container main exited' } };
    }
    const index = indexOf(call);
    const task = stopped(index, failing.includes(index) ? 1 : 0);
    return failing.includes(index)
      ? { fails: new StatesError('States.TaskFailed', JSON.stringify(task)), after: 60 }
      : { result: task, after: 600 };
  };
}

describe('tasks side by side', () => {
  test.each([3, 40, 50, 10_000])('%s know which they are, and how many', async (count) => {
    const run = await execute(definition({ count }), {}, services());
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { succeeded: count } });
    expect(run.calls.map(indexOf)).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(new Set(run.calls.map((call) => variablesOf(call).JOB_ARRAY_SIZE))).toEqual(new Set([`${count}`]));
    expect(new Set(run.calls.map((call) => variablesOf(call)[EXECUTION.Name]))).toEqual(new Set([EXECUTION.Value]));
    // Step Functions limits the output of a state to 256 KiB.
    expect(JSON.stringify(run.output).length).toBeLessThan(256 * 1024);
  });

  test('a task that is alone has no index', async () => {
    const [call] = (await execute(definition({}), {}, () => ({ result: stopped(0, 0) }))).calls;
    expect(Object.keys(variablesOf(call))).toEqual([EXECUTION.Name]);
  });

  test('a retried task keeps its index', async () => {
    const run = await execute(definition({ count: 2, programRetries: 1 }), {}, services([1]));
    expect(run.calls.map(indexOf)).toEqual([0, 1, 1]);
    expect(variablesOf(run.calls[2])).toEqual(variablesOf(run.calls[1]));
  });

  test.each([
    [{ count: 40 }, 'INLINE', 40],
    [{ count: 41 }, 'DISTRIBUTED', 40],
    [{ count: 2, maxConcurrency: 500 }, 'DISTRIBUTED', 500],
    [{ count: 30, maxConcurrency: 5 }, 'INLINE', 5],
  ])('%j run in a map that is %s, at most %s at once', (props, Mode, MaxConcurrency) => {
    const { States } = definition(props) as { States: Record<string, { ItemProcessor: object }> };
    expect(States['Run tasks']).toMatchObject({ MaxConcurrency, ItemProcessor: { ProcessorConfig: { Mode } } });
  });

  test('no more are at work at once than maxConcurrency says', async () => {
    const run = await execute(definition({ count: 5, maxConcurrency: 2 }), {}, services());
    expect(run.calls.map(({ at }) => at)).toEqual([0, 0, 600, 600, 1200]);
  });
});

describe('when tasks fail', () => {
  test('the others stop, and the run says which failed', async () => {
    const run = await execute(definition({ count: 3 }), {}, services([1]));
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed', took: 60 });
    expect(run.cause).toMatch(/^Task 1 of 3: Container main exited with code 1\. /);
    expect(run.cancelled).toHaveLength(2);
  });

  test('of more than an inline map holds, the run finds out which failed', async () => {
    const run = await execute(definition({ count: 50 }), {}, services([3]));
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed', cause: 'Task 3 of 50: Container main exited' });
    expect(run.calls.filter(({ resource }) => resource.includes('aws-sdk')).map(({ args }) => args)).toEqual([
      { ExecutionArn: EXECUTION.Value },
      { MapRunArn: 'arn:map-run', StatusFilter: 'FAILED', MaxResults: 1 },
      { ExecutionArn: 'arn:child' },
    ]);
  });

  test.each([10, 50])('and the others of %s go on, the run fails at the end and says which failed', async (count) => {
    const run = await execute(definition({ count, taskFailure: TaskFailure.CONTINUE }), {}, services([2, 5, 7, 8]));
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.TasksFailed', took: 600 + (count > 40 ? 600 : 0) });
    expect(run.cause).toMatch(
      new RegExp(
        `^4 of ${count} tasks failed: 2, 5, 7, 8\\. Task 2: MlRunTask\\.ProgramFailed: Container main exited with code 1\\. .* Task 5: .* Task 7: `,
      ),
    );
    expect(run.cause).not.toContain('Task 8: ');
    expect(run.cancelled).toEqual([]);
  });

  test('and all of very many do, the cause stays within what Step Functions takes', async () => {
    const all = Array.from({ length: 10_000 }, (_, index) => index);
    const run = await execute(definition({ count: 10_000, taskFailure: TaskFailure.CONTINUE }), {}, services(all));
    expect(run.cause).toMatch(/^10000 of 10000 tasks failed: 0, 1, .*, 999 and 9000 more\. Task 0: MlRunTask/);
    expect(run.cause!.length).toBeLessThan(32_768);
  });
});

describe('the count of a run', () => {
  test('is at most 40 where the job has no more', async () => {
    const run = await execute(definition({}), { count: 41 }, services());
    expect(run).toMatchObject({ error: 'MlRunTask.BadInput', cause: '`count` must be a whole number from 1 to 40, got: 41.' });
    expect(() => makeJob().job.startExecutionCommandWith({ count: 41 })).toThrow(
      'Stack/Train: `count` must be at most 40, got: 41. For more, set `count` or `maxConcurrency` of the job to more than 40. [cdk-ecs-ml:job-count]',
    );
  });

  test('is at most 10,000 where the job has more than 40', async () => {
    expect(await execute(definition({ count: 41 }), { count: 200 }, services())).toMatchObject({ output: { succeeded: 200 } });
    const { job } = makeJob({ maxConcurrency: 41 });
    expect(() => job.startExecutionCommandWith({ count: 10_000 })).not.toThrow();
    expect(() => job.startExecutionCommandWith({ count: 10_001 })).toThrow('`count` must be a whole number from 1 to 10000, got: 10001.');
  });

  test.each<[Partial<MlRunTaskProps>, string]>([
    [{ count: 0 }, '`count` must be a whole number from 1 to 10000, got: 0.'],
    [{ count: 10_001 }, '`count` must be a whole number from 1 to 10000, got: 10001.'],
    [{ count: 1.5 }, '`count` must be a whole number from 1 to 10000, got: 1.5.'],
    [{ maxConcurrency: 0 }, '`maxConcurrency` must be a whole number from 1 to 10000, got: 0.'],
    [
      { nodes: 2, maxConcurrency: 2 },
      "`maxConcurrency` can't be combined with `nodes`, because nodes always run together and all stop when one fails.",
    ],
    [{ nodes: 2, taskFailure: TaskFailure.CONTINUE }, "`taskFailure` can't be combined with `nodes`"],
    [
      { container: { ...container, environment: { JOB_ARRAY_INDEX: '1' } } },
      '`environment` of the container must not set JOB_ARRAY_INDEX: `count` of the job sets it',
    ],
  ])('%j is refused', (props, message) => {
    expect(() => makeJob(props)).toThrow(message);
  });
});

describe('on a strategy', () => {
  function onStrategy(shares: { base?: number; weight?: number }[], count: number) {
    const { stack, vpc } = newStackWithVpc();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const of = (id: string) => new NeuronCapacity(stack, id, { cluster, instanceType: NeuronInstanceType.INF2_XLARGE, maxInstances: 20 });
    const pools = shares.map((share, index) => ({ capacity: of(`Pool${index}`), ...share }));
    const capacity = new NeuronCapacityStrategy(stack, 'Both', { pools });
    const job = new MlRunTask(stack, 'Train', { capacity, container, timeout: Duration.hours(1), count });
    return { stack, job };
  }

  test.each<[{ base?: number; weight?: number }[], number[]]>([
    [
      [{ weight: 1, base: 2 }, { weight: 1 }],
      [0, 0, 0, 1, 0, 1],
    ],
    [
      [{ base: 2, weight: 0 }, { weight: 1 }],
      [0, 0, 1, 1, 1, 1],
    ],
    [
      [{ weight: 3 }, { weight: 1 }],
      [0, 0, 0, 1, 0, 0],
    ],
    [
      [{ weight: 1 }, { weight: 1, base: 1 }],
      [1, 0, 1, 0, 1, 0],
    ],
  ])('%j divides the tasks by their index, in the command too', async (shares, expected) => {
    const { stack, job } = onStrategy(shares, 6);
    new CfnOutput(stack, 'Command', { value: job.runTaskCommand });
    const template = synth(stack);
    const run = await execute(stateMachineOf(template, 'Train'), {}, services());
    const poolOf = (strategy: { CapacityProvider: string; Weight: number; Base?: number }[]) => {
      expect(strategy.map(({ Base = 0 }) => Base)).toEqual([0, 0]);
      expect(strategy.map(({ Weight }) => Weight).sort()).toEqual([0, 1]);
      return strategy.findIndex(({ Weight }) => Weight === 1);
    };
    expect(run.calls.map(({ args }) => poolOf(args.CapacityProviderStrategy as never))).toEqual(expected);
    const ran = runInShell(deployed(template.findOutputs('Command').Command.Value) as string);
    const byIndex = ran.map(({ strategy, index }) => [
      index,
      Number(/"Pool(\d)|Pool(\d)/.exec(strategy)![2] ?? /Pool(\d)/.exec(strategy)![1]),
    ]);
    expect(byIndex.sort(([a], [b]) => a - b)).toEqual(expected.map((pool, index) => [index, pool]));
  });

  test('a task that is alone leaves the choice to ECS', async () => {
    const { stack } = onStrategy([{ weight: 1, base: 2 }, { weight: 1 }], 1);
    const [call] = (await execute(stateMachineOf(synth(stack), 'Train'), {}, () => ({ result: stopped(0, 0) }))).calls;
    expect(call.args.CapacityProviderStrategy).toEqual([
      { CapacityProvider: expect.stringMatching(/^Pool0/) as string, Weight: 1, Base: 2 },
      { CapacityProvider: expect.stringMatching(/^Pool1/) as string, Weight: 1 },
    ]);
  });
});

/** Runs a command with a stub of the AWS CLI. Gives the strategy, the index and the size of each call. */
function runInShell(command: string): { strategy: string; index: number; size: string; count: string }[] {
  const stub =
    'aws() { while [ $# -gt 1 ]; do case "$1" in --overrides) o="$2";; --capacity-provider-strategy) s="$2";; --count) c="$2";; esac; shift; done; printf "%s\\t%s\\t%s\\n" "$c" "$s" "$o"; }';
  const lines = execFileSync('sh', ['-c', `${stub}\n${command}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [count, strategy, overrides] = line.split('\t');
    const { environment } = (JSON.parse(overrides) as { containerOverrides: { environment: { name: string; value: string }[] }[] })
      .containerOverrides[0];
    const value = (name: string) => environment.find((one) => one.name === name)!.value;
    return { strategy, count, index: Number(value('JOB_ARRAY_INDEX')), size: value('JOB_ARRAY_SIZE') };
  });
}

test('the command for a shell gives each task its index', () => {
  const { stack, job } = makeJob({ count: 3 });
  new CfnOutput(stack, 'Command', { value: job.runTaskCommandWith({ environment: { NOTE: "it's $HOME" } }) });
  const command = deployed(synth(stack).findOutputs('Command').Command.Value) as string;
  expect(runInShell(command).map(({ index, size, count }) => [index, size, count])).toEqual([
    [0, '3', '1'],
    [1, '3', '1'],
    [2, '3', '1'],
  ]);
  expect(command).toContain('it\\u0027s $HOME');
});
