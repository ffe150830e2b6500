import { makeJob } from './support';
import { CALL_ERRORS, CALL_FAILURES, STOP_CODES, STOP_REASONS } from '../../src/run-task/stop-reasons';
import { synth } from '../support';
import { execute, Reply, StatesError } from '../support/asl';
import { stateMachineOf } from '../support/state-machine';

const TASK = 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0';
const definition = stateMachineOf(synth(makeJob({ retries: 0, programRetries: 0 }).stack));

async function errorOf(reply: Reply): Promise<{ error?: string; cause?: string }> {
  const { error, cause } = await execute(definition, {}, () => reply);
  return { error, cause };
}

/** A stopped task whose main container ended with this code, or never began. */
function ended(StopCode: string | undefined, StoppedReason: string, ExitCode?: number): Reply {
  const task = { TaskArn: TASK, StopCode, StoppedReason, Containers: [{ Name: 'main', ExitCode }] };
  return { fails: new StatesError('States.TaskFailed', JSON.stringify(task)) };
}

const callFailed = (error: string, cause: string): Reply => ({ fails: new StatesError(error, cause) });

const NO_CAPACITY = 'MlRunTask.NoCapacity';
const INTERRUPTED = 'MlRunTask.Interrupted';

// One row for each row of the tables.
const REASONS: [string, string][] = [
  ['Host EC2 (instance i-0123456789abcdef0) terminated.', INTERRUPTED],
  ['Your Spot Task was interrupted.', INTERRUPTED],
  ['Task stopped during instance draining', INTERRUPTED],
  ['Container instance deregistration forced by user', INTERRUPTED],
  ['ECS is performing maintenance on the underlying infrastructure hosting the task.', INTERRUPTED],
  ['RESOURCE:GPU', NO_CAPACITY],
  ['AGENT', NO_CAPACITY],
  ['LOCATION', NO_CAPACITY],
  ['ATTRIBUTE', NO_CAPACITY],
  ['MemberOf placement constraint unsatisfied', NO_CAPACITY],
  ['NO ACTIVE INSTANCES', NO_CAPACITY],
  ['EMPTY CAPACITY PROVIDER', NO_CAPACITY],
  ['Capacity is unavailable at this time. Please try again later or in a different availability zone', NO_CAPACITY],
  ["Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-1'", NO_CAPACITY],
  ['Timeout waiting for network interface provisioning to complete.', NO_CAPACITY],
  ['InternalError: unable to complete the request', NO_CAPACITY],
];

const CODES: [string, string][] = [
  ['SpotInterruption', INTERRUPTED],
  ['TerminationNotice', INTERRUPTED],
  ['InfrastructureHealth', INTERRUPTED],
  ['UserInitiated', 'MlRunTask.Stopped'],
];

const ERRORS: [string, string][] = [
  ['AmazonECS.Unknown', NO_CAPACITY],
  ['ECS.AmazonECSException', NO_CAPACITY],
  ['ECS.ServerException', NO_CAPACITY],
  ['ECS.ThrottlingException', NO_CAPACITY],
  ['ECS.LimitExceededException', NO_CAPACITY],
];

test('each row of the tables has a test', () => {
  expect(STOP_REASONS.map(({ text }) => REASONS.filter(([reason]) => new RegExp(text, 'i').test(reason)).length)).toEqual(
    REASONS.map(() => 1),
  );
  expect(STOP_CODES.map(({ text }) => text)).toEqual(CODES.map(([code]) => code));
  expect(CALL_ERRORS.map(({ text }) => text)).toEqual(ERRORS.map(([error]) => error));
  expect(CALL_FAILURES).toHaveLength(2);
});

test.each(REASONS)('%s means %s, with and without the stop code before it', async (reason, error) => {
  expect(await errorOf(ended('TaskFailedToStart', reason))).toMatchObject({ error, cause: expect.stringContaining(reason) as string });
  if (!reason.startsWith('Host')) {
    expect(await errorOf(ended('TaskFailedToStart', `TaskFailedToStart: ${reason}`))).toMatchObject({ error });
  }
  expect(await errorOf(ended(undefined, reason))).toMatchObject({ error });
});

test.each(CODES)('%s means %s, whatever the exit code', async (code, error) => {
  for (const exit of [undefined, 0, 137, 143]) expect(await errorOf(ended(code, 'The text is not known', exit))).toMatchObject({ error });
});

test.each(REASONS.filter(([, error]) => error === INTERRUPTED))('%s interrupts the program, whatever its exit code', async (reason) => {
  for (const exit of [0, 1, 137, 143]) {
    expect(await errorOf(ended('TaskFailedToStart', reason, exit))).toMatchObject({ error: INTERRUPTED });
  }
});

test.each(ERRORS)('%s of the call means %s', async (name, error) => {
  expect(await errorOf(callFailed(name, 'The text is not known'))).toMatchObject({
    error,
    cause: expect.stringContaining(`${name}: The text is not known`) as string,
  });
});

test.each(['MISSING', 'INACTIVE'])('a call that fails with %s fails again', async (Reason) => {
  const failures = JSON.stringify({ Failures: [{ Arn: TASK, Reason }], Tasks: [] });
  expect(await errorOf(callFailed('AmazonECS.Unknown', failures))).toMatchObject({ error: 'MlRunTask.RunTaskRefused' });
});

test.each([
  ['TaskFailedToStart', 'ResourceInitializationError: unable to pull secrets', undefined, 'MlRunTask.NotStarted'],
  ['TaskFailedToStart', 'The agent of the user said no', undefined, 'MlRunTask.NotStarted'],
  ['EssentialContainerExited', 'Essential container in task exited', 1, 'MlRunTask.ProgramFailed'],
  ['SomethingNew', 'A text of next year', 3, 'MlRunTask.ProgramFailed'],
])('%s, %s, is shown and not retried', async (code, reason, exit, error) => {
  expect(await errorOf(ended(code, reason, exit))).toMatchObject({
    error,
    cause: expect.stringContaining(`${reason} (${code})`) as string,
  });
});
