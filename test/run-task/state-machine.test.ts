import { aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { EXECUTION } from './support';
import { FargateCapacity, MlRunTask, MlRunTaskProps, NeuronCapacity, NeuronInstanceType } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { Call, execute, Execution, Reply, StatesError } from '../support/asl';
import { stateMachineOf } from '../support/state-machine';

const TASK = 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0123456789abcdef';
const LOGS =
  'https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/LOGGROUP/log-events/main$252Fmain$252F0123456789abcdef0123456789abcdef';

const container = { image: ecs.ContainerImage.fromRegistry('my-training'), command: ['python', 'train.py'] };

function makeJob(props: Partial<MlRunTaskProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const job = new MlRunTask(stack, 'Train', {
    vpc: props.capacity ? undefined : vpc,
    container,
    timeout: Duration.hours(6),
    ...props,
  });
  return { stack, job, vpc };
}

function machine(props: Partial<MlRunTaskProps> = {}) {
  return stateMachineOf(synth(makeJob(props).stack));
}

/** A stopped task as Step Functions describes it. */
function stopped(task: Record<string, unknown> = {}, ...containers: Record<string, unknown>[]) {
  return {
    TaskArn: TASK,
    LastStatus: 'STOPPED',
    StopCode: 'EssentialContainerExited',
    StoppedReason: 'Essential container in task exited',
    Containers: containers.length > 0 ? containers : [{ Name: 'main', ExitCode: 0, LastStatus: 'STOPPED' }],
    ...task,
  };
}

const succeeded: Reply = { result: stopped(), after: 600 };

/** How `.sync` reports a failed task: as JSON in the cause. */
function taskFailed(task: Record<string, unknown>, ...containers: Record<string, unknown>[]): Reply {
  return { fails: new StatesError('States.TaskFailed', JSON.stringify(stopped(task, ...containers))), after: 60 };
}

const programFailed = taskFailed({}, { Name: 'main', ExitCode: 1 });
const spotInterruption = taskFailed(
  { StopCode: 'SpotInterruption', StoppedReason: 'Your Spot Task was interrupted.' },
  { Name: 'main', ExitCode: 143 },
);
const noCapacity: Reply = { fails: new StatesError('AmazonECS.Unknown', '{"Failures":[{"Reason":"RESOURCE:CPU"}],"Tasks":[]}') };

/** Gives the replies one after the other, then repeats the last one. */
function replies(...list: Reply[]): (call: Call) => Reply {
  let next = 0;
  return () => list[Math.min(next++, list.length - 1)];
}

async function runJob(props: Partial<MlRunTaskProps>, input: unknown, ...list: Reply[]): Promise<Execution> {
  return execute(machine(props), input, replies(...list));
}

describe('a run', () => {
  test('that succeeds calls RunTask once, by capacity provider strategy, and says what it ran', async () => {
    const run = await runJob({}, {}, succeeded);
    expect(run).toMatchObject({ status: 'SUCCEEDED', took: 600 });
    expect(run.output).toEqual({
      succeeded: 1,
      tasks: [{ attempts: 1, taskArn: TASK, exitCode: 0, logs: expect.stringContaining('$252F') as string }],
    });
    expect(run.calls).toHaveLength(1);
    expect(run.calls[0].resource).toBe('arn:aws:states:::ecs:runTask.sync');
    expect(run.calls[0].args).toEqual({
      Cluster: expect.stringMatching(/^TrainCapacityCluster.*\.Arn$/) as string,
      TaskDefinition: expect.stringMatching(/^TrainTaskDefinition/) as string,
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: [expect.stringMatching(/^VpcPrivateSubnet1/), expect.stringMatching(/^VpcPrivateSubnet2/)] as string[],
          SecurityGroups: [expect.stringMatching(/^TrainSecurityGroup.*\.GroupId$/)] as string[],
          AssignPublicIp: 'DISABLED',
        },
      },
      EnableECSManagedTags: true,
      PropagateTags: 'TASK_DEFINITION',
      Group: expect.stringMatching(/^job:StackTrain/) as string,
      Overrides: { ContainerOverrides: [{ Name: 'main', Environment: [EXECUTION] }] },
    });
  });

  test('whose program exits with another code than 0 fails at once, and says all that helps', async () => {
    const run = await runJob({}, {}, programFailed);
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed', took: 60 });
    expect(run.cause!.replace(/log-group\/\w+/, 'log-group/LOGGROUP')).toBe(
      'Container main exited with code 1. ECS reported: Essential container in task exited (EssentialContainerExited). ' +
        `Task: ${TASK}. Attempt: 1. Logs: ${LOGS}`,
    );
    expect(run.calls).toHaveLength(1);
  });

  test('whose container ran out of memory says so', async () => {
    const run = await runJob(
      {},
      {},
      taskFailed({}, { Name: 'main', ExitCode: 137, Reason: 'OutOfMemoryError: Container killed due to memory usage' }),
    );
    expect(run.cause).toContain('Container main exited with code 137 (OutOfMemoryError: Container killed due to memory usage). ');
  });

  test('whose program failed runs again as often as it was said', async () => {
    const run = await runJob({ programRetries: 1 }, {}, programFailed, succeeded);
    expect(run).toMatchObject({ status: 'SUCCEEDED', took: 60 + 30 + 600, output: { tasks: [{ attempts: 2 }] } });
    const failed = await runJob({ programRetries: 1 }, {}, programFailed);
    expect(failed).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed', took: 60 + 30 + 60 });
    expect(failed.cause).toContain('Attempt: 2. ');
  });

  test.each([
    [
      'as a failure',
      (task: Record<string, unknown>) =>
        taskFailed(task, { Name: 'main', LastStatus: 'STOPPED', Reason: 'CannotPullContainerError: no such image' }),
    ],
    [
      'as a success',
      (task: Record<string, unknown>): Reply => ({
        result: stopped(task, { Name: 'main', Reason: 'CannotPullContainerError: no such image' }),
      }),
    ],
    [
      'with an exit code of null',
      (task: Record<string, unknown>): Reply => ({
        result: stopped(task, { Name: 'main', ExitCode: null, Reason: 'CannotPullContainerError: no such image' }),
      }),
    ],
  ])('whose container has no exit code has failed, reported %s', async (_, reply) => {
    const run = await runJob({}, {}, reply({ StopCode: 'TaskFailedToStart', StoppedReason: 'Task failed to start' }));
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.NotStarted' });
    expect(run.cause).toContain(
      'Container main has no exit code: it did not run to completion (CannotPullContainerError: no such image). ' +
        'ECS reported: Task failed to start (TaskFailedToStart). ',
    );
    expect(run.calls).toHaveLength(1);
  });

  test('waits for capacity, longer each time, and goes on', async () => {
    const run = await runJob({}, {}, noCapacity, noCapacity, succeeded);
    expect(run).toMatchObject({ status: 'SUCCEEDED', took: 30 + 60 + 600, output: { tasks: [{ attempts: 3 }] } });
  });

  test('gives up on capacity after the new attempts that it has', async () => {
    const run = await runJob({ retries: 2 }, {}, noCapacity);
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.NoCapacity' });
    expect(run.cause).toContain('ECS did not run the task: AmazonECS.Unknown: ');
    expect(run.cause).toContain('RESOURCE:CPU');
    expect(run.calls).toHaveLength(3);
  });

  test('waits a quarter of an hour at most', async () => {
    const run = await runJob({ retries: 8 }, {}, ...Array<Reply>(8).fill(noCapacity), succeeded);
    expect(run.calls.map(({ at }) => at)).toEqual([0, 30, 90, 210, 450, 930, 1830, 2730, 3630]);
  });

  test.each<[string, Reply]>([
    ['a Spot interruption', spotInterruption],
    [
      'a host that Spot took',
      taskFailed({ StopCode: 'TerminationNotice', StoppedReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' }, { Name: 'main' }),
    ],
    [
      'a host that is gone',
      taskFailed({ StopCode: undefined, StoppedReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' }, { Name: 'main' }),
    ],
    [
      'an impaired host',
      taskFailed({ StopCode: 'InfrastructureHealth', StoppedReason: 'The host is impaired' }, { Name: 'main', ExitCode: 137 }),
    ],
    [
      'no network interface',
      taskFailed(
        { StopCode: 'TaskFailedToStart', StoppedReason: 'Timeout waiting for network interface provisioning to complete.' },
        { Name: 'main' },
      ),
    ],
    ['trouble of the service', { fails: new StatesError('ECS.ServerException', 'Server error') }],
    ['capacity that Fargate lacks', { fails: new StatesError('ECS.AmazonECSException', 'Capacity is unavailable at this time') }],
  ])('gets a new attempt after %s, though programs get none', async (_, reply) => {
    expect(await runJob({ programRetries: 0 }, {}, reply, succeeded)).toMatchObject({
      status: 'SUCCEEDED',
      output: { tasks: [{ attempts: 2 }] },
    });
    expect(await runJob({ programRetries: 5, retries: 0 }, {}, reply, succeeded)).toMatchObject({ status: 'FAILED' });
  });

  test.each<[string, Reply, string]>([
    [
      'somebody stopped it',
      taskFailed({ StopCode: 'UserInitiated', StoppedReason: 'Stopped by Ada' }, { Name: 'main', ExitCode: 143 }),
      'MlRunTask.Stopped',
    ],
    ['ECS refused the call', { fails: new StatesError('ECS.ClientException', 'TaskDefinition is inactive') }, 'MlRunTask.RunTaskRefused'],
    ['a cause is cut off', { fails: new StatesError('States.TaskFailed', '{"TaskArn":"arn:aws:ecs') }, 'MlRunTask.RunTaskRefused'],
    ['the error is none of ours', { fails: new StatesError('States.Runtime', 'not json') }, 'MlRunTask.RunTaskRefused'],
  ])('gets no new attempt when %s', async (_, reply, error) => {
    const run = await runJob({ programRetries: 5 }, {}, reply, succeeded);
    expect(run).toMatchObject({ status: 'FAILED', error });
    expect(run.calls).toHaveLength(1);
  });

  test('has succeeded when the main container did, whatever became of a sidecar', async () => {
    const run = await runJob({}, {}, taskFailed({}, { Name: 'main', ExitCode: 0 }, { Name: 'log-router', ExitCode: 137 }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { tasks: [{ exitCode: 0 }] } });
  });

  test('names every container that failed', async () => {
    const run = await runJob({}, {}, taskFailed({}, { Name: 'main', ExitCode: 143 }, { Name: 'proxy', ExitCode: 2 }));
    expect(run.cause).toMatch(/^Container main exited with code 143\. Container proxy exited with code 2\. ECS reported/);
  });

  test('fails when its task ran for too long, without a retry', async () => {
    const reply = taskFailed(
      { StopCode: 'UserInitiated', StoppedReason: 'MlRunTask.TimedOut: the task ran for longer than the timeout of 1800 seconds' },
      { Name: 'main', ExitCode: 143 },
    );
    const run = await runJob({ programRetries: 5 }, {}, reply, succeeded);
    expect(run).toMatchObject({
      status: 'FAILED',
      error: 'MlRunTask.TimedOut',
      cause: expect.stringContaining('longer than the timeout of 1800 s') as string,
    });
    expect(run.calls).toHaveLength(1);
  });

  test('retries when no host took its task in time', async () => {
    const reply = taskFailed(
      {
        StopCode: 'UserInitiated',
        StoppedReason: 'MlRunTask.NoCapacity: no host took the task within the capacity timeout of 600 seconds',
      },
      { Name: 'main' },
    );
    expect(await runJob({}, {}, reply, succeeded)).toMatchObject({ status: 'SUCCEEDED', output: { tasks: [{ attempts: 2 }] } });
    expect(await runJob({ retries: 0 }, {}, reply)).toMatchObject({ status: 'FAILED', error: 'MlRunTask.NoCapacity' });
  });

  test.each<[string, Partial<MlRunTaskProps>, number]>([
    ['a day', {}, 24],
    ['its limit', { capacityTimeout: Duration.hours(2) }, 2],
  ])('does not last forever if nothing stops its task: %s for the wait, and an hour more', async (_, props, wait) => {
    const run = await runJob({ timeout: Duration.hours(6), ...props }, {}, { result: stopped(), after: 1_000_000 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.TimedOut', took: (6 + wait + 1) * 3600 });
    expect(run.cancelled).toHaveLength(1);
  });

  test('has no limit for all its attempts together', async () => {
    expect(
      await runJob({ timeout: Duration.minutes(30), retries: 100 }, {}, ...Array<Reply>(99).fill(noCapacity), succeeded),
    ).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('several tasks', () => {
  test('run side by side, each for itself', async () => {
    const run = await runJob({ count: 3 }, {}, spotInterruption, succeeded);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { tasks: [{ attempts: 2 }, { attempts: 1 }, { attempts: 1 }] } });
    expect(run.calls.map(({ at }) => at)).toEqual([0, 0, 0, 90]);
  });

  test('all stop when one of them fails', async () => {
    const run = await runJob({ count: 3 }, {}, succeeded, programFailed, succeeded);
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.ProgramFailed', took: 60 });
    expect(run.cancelled).toHaveLength(2);
  });

  test('are as many as the input says', async () => {
    expect((await runJob({ count: 3 }, { count: 1 }, succeeded)).calls).toHaveLength(1);
    expect((await runJob({}, { count: 10 }, succeeded)).calls).toHaveLength(10);
  });
});

describe('the input of a run', () => {
  const overridesOf = async (props: Partial<MlRunTaskProps>, input: unknown) =>
    (await runJob(props, input, succeeded)).calls[0]?.args.Overrides;

  test('overrides what it has, on Fargate', async () => {
    const input = { command: ['python', 'a,b.py'], environment: { EPOCHS: '3', NAME: 'x' }, cpu: 2048, memory: 8192 };
    expect(await overridesOf({}, input)).toEqual({
      Cpu: '2048',
      Memory: '8192',
      ContainerOverrides: [
        {
          Name: 'main',
          Command: ['python', 'a,b.py'],
          Environment: [{ Name: 'EPOCHS', Value: '3' }, { Name: 'NAME', Value: 'x' }, EXECUTION],
        },
      ],
    });
  });

  test('lists of one stay lists', async () => {
    expect(await overridesOf({}, { command: ['train'], environment: { A: 'b' } })).toEqual({
      ContainerOverrides: [{ Name: 'main', Command: ['train'], Environment: [{ Name: 'A', Value: 'b' }, EXECUTION] }],
    });
  });

  test('may come from an execution that this one is nested in', async () => {
    expect(await overridesOf({}, { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:parent' })).toEqual({
      ContainerOverrides: [{ Name: 'main', Environment: [EXECUTION] }],
    });
  });

  test.each<[unknown, string]>([
    [
      { comand: ['x'] },
      'The input has fields that this job does not accept: comand. It accepts `command`, `environment`, `cpu`, `memory`, `count`.',
    ],
    [
      { a: 1, b: 2 },
      'The input has fields that this job does not accept: a, b. It accepts `command`, `environment`, `cpu`, `memory`, `count`.',
    ],
    [{ command: 'python train.py' }, '`command` must be a non-empty list of strings, the program and its arguments, got: python train.py.'],
    [{ command: [] }, '`command` must be a non-empty list of strings, the program and its arguments, got: [].'],
    [{ command: ['x', 1] }, '`command` must be a non-empty list of strings, the program and its arguments, got: ["x",1].'],
    [
      { environment: { EPOCHS: 3 } },
      '`environment` must be an object whose values are strings, without JOB_ARRAY_INDEX, JOB_ARRAY_SIZE, JOB_EXECUTION_ARN, which the job or its capacity sets, got: {"EPOCHS":3}.',
    ],
    [
      { environment: ['A=b'] },
      '`environment` must be an object whose values are strings, without JOB_ARRAY_INDEX, JOB_ARRAY_SIZE, JOB_EXECUTION_ARN, which the job or its capacity sets, got: ["A=b"].',
    ],
    [{ count: 41 }, '`count` must be a whole number from 1 to 40, got: 41.'],
    [{ count: 0 }, '`count` must be a whole number from 1 to 40, got: 0.'],
    [{ count: 1.5 }, '`count` must be a whole number from 1 to 40, got: 1.5.'],
    [{ memory: '2048' }, '`memory` must be a whole number, 6 or more, got: 2048.'],
    [{ cpu: 0, count: 0 }, '`cpu` must be a whole number, 1 or more, got: 0. `count` must be a whole number from 1 to 40, got: 0.'],
    [['x'], 'The input must be an object, got: ["x"].'],
    ['x', 'The input must be an object, got: x.'],
  ])('%j is refused', async (input, cause) => {
    const run = await runJob({}, input, succeeded);
    expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.BadInput', cause });
    expect(run.calls).toEqual([]);
  });
});

describe('on a pool', () => {
  function onPool(props: Partial<MlRunTaskProps> = {}): { stack: Stack; job: MlRunTask } {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_2_XLARGE });
    return { stack, job: new MlRunTask(stack, 'Train', { capacity, container, timeout: Duration.hours(6), ...props }) };
  }
  const definition = (props?: Partial<MlRunTaskProps>) => stateMachineOf(synth(onPool(props).stack), 'Train');

  test('tasks are placed on its hosts only, by its capacity provider', async () => {
    const { calls } = await execute(definition(), {}, replies(succeeded));
    expect(calls[0].args).toMatchObject({
      CapacityProviderStrategy: [{ CapacityProvider: expect.stringMatching(/^PoolCapacityProvider/) as string, Weight: 1 }],
      PlacementConstraints: [
        { Type: 'memberOf', Expression: 'attribute:ecs.os-type == linux' },
        { Type: 'memberOf', Expression: 'attribute:ecs.instance-type == trn1.2xlarge' },
      ],
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
    });
    expect(calls[0].args).not.toHaveProperty('LaunchType');
  });

  test('memory is a reservation of the container, or its limit where it has one', async () => {
    const reserved = await execute(definition(), { memory: 4096 }, replies(succeeded));
    expect(reserved.calls[0].args.Overrides).toEqual({
      ContainerOverrides: [{ Name: 'main', MemoryReservation: 4096, Environment: [EXECUTION] }],
    });
    const limited = await execute(definition({ container: { ...container, memoryLimitMiB: 8192 } }), { memory: 4096 }, replies(succeeded));
    expect(limited.calls[0].args.Overrides).toEqual({ ContainerOverrides: [{ Name: 'main', Memory: 4096, Environment: [EXECUTION] }] });
  });

  test('the slice decides: cpu and more memory than it has are refused', async () => {
    const cpu = await execute(definition(), { cpu: 1024 }, replies(succeeded));
    expect(cpu.cause).toBe(
      'The input has fields that this job does not accept: cpu. It accepts `command`, `environment`, `memory`, `count`.',
    );
    const memory = await execute(definition(), { memory: 32768 }, replies(succeeded));
    expect(memory.cause).toMatch(/^`memory` must be a whole number from 6 to 22733, got: 32768\.$/);
  });

  test('in bridge mode tasks have no network of their own', async () => {
    const { calls } = await execute(definition({ networkMode: ecs.NetworkMode.BRIDGE }), {}, replies(succeeded));
    expect(calls[0].args).not.toHaveProperty('NetworkConfiguration');
  });
});

test('on Fargate in public subnets tasks get a public address, without which they pull nothing', async () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new FargateCapacity(stack, 'Cpu', { vpc, vpcSubnets: { subnets: vpc.publicSubnets } });
  new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) });
  const { calls } = await execute(stateMachineOf(synth(stack)), {}, replies(succeeded));
  expect(calls[0].args).toMatchObject({ NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } } });
});
