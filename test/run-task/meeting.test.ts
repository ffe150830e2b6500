import { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { container, EXECUTION } from './support';
import { MlRunTask, NeuronCapacity, NeuronInstanceType } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { Call, execute, Reply, StatesError, TOKEN } from '../support/asl';
import { deployed, stateMachineOf } from '../support/state-machine';

const CLUSTER = 'arn:aws:ecs:us-east-1:111111111111:cluster/Cluster';

function makeJobs(networkMode?: ecs.NetworkMode, count = 1) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE, maxInstances: 50 });
  for (let index = 0; index < count; index++) {
    new MlRunTask(stack, index === 0 ? 'Train' : `Train${index}`, {
      capacity,
      container,
      timeout: Duration.hours(6),
      nodes: 4,
      networkMode,
    });
  }
  return synth(stack);
}

const template = makeJobs();
const definition = stateMachineOf(template, 'MlRunTaskMeeting');

/** A task as ECS describes it. */
function task(run: string, address?: string) {
  const Environment = [EXECUTION, { Name: 'JOB_RUN_ID', Value: run }, { Name: 'NODE_RANK', Value: '0' }];
  return {
    LastStatus: 'RUNNING',
    ContainerInstanceArn: 'arn:host',
    Overrides: { ContainerOverrides: [{ Name: 'main', Environment }] },
    Containers: [{ Name: 'main', ...(address ? { NetworkInterfaces: [{ PrivateIpv4Address: address }] } : {}) }],
  };
}

/** ECS, EC2 and the table of runs, which holds these tokens by the key of their run. */
function services(
  tokens: Record<string, string>,
  described: object,
  more: Partial<Record<string, () => Reply>> = {},
): (call: Call) => Reply {
  return ({ resource, args }) => {
    const action = resource.replace('arn:aws:states:::aws-sdk:', '');
    const own = more[action]?.();
    if (own) return own;
    switch (action) {
      case 'ecs:describeTasks':
        return { result: { Tasks: [described] } };
      case 'ecs:describeContainerInstances':
        return { result: { ContainerInstances: [{ Ec2InstanceId: 'i-0123456789abcdef0' }] } };
      case 'ec2:describeInstances':
        return { result: { Reservations: [{ Instances: [{ PrivateIpAddress: '10.0.0.8' }] }] } };
      case 'dynamodb:getItem': {
        const token = tokens[(args.Key as { Run: { S: string } }).Run.S];
        return { result: token === undefined ? {} : { Item: { Token: { S: token } } } };
      }
      default:
        return { result: {} };
    }
  };
}

const told = (calls: Call[]) => calls.filter(({ resource }) => resource.endsWith('sendTaskSuccess')).map(({ args }) => args);
const input = { cluster: CLUSTER, task: 'arn:task' };

/** The record that a job writes, and its key. */
async function record(run: number): Promise<{ key: string; token: string; expires: number; table: unknown }> {
  let written: Record<string, unknown> = {};
  await execute(stateMachineOf(template, 'TrainStateMachine'), {}, (call) => {
    if (call.resource.includes('dynamodb')) written = call.args;
    return { fails: new StatesError('ECS.ClientException', 'No'), after: run };
  });
  const { Run, Token, Expires } = written.Item as { Run: { S: string }; Token: { S: string }; Expires: { N: string } };
  return { key: Run.S, token: Token.S, expires: Number(Expires.N), table: written.TableName };
}

test('the job writes the record that the meeting reads', async () => {
  const { key, token, expires, table } = await record(1);
  expect({ key, token, table }).toEqual({
    key: `${EXECUTION.Value}/run-1-1`,
    token: TOKEN,
    table: expect.stringMatching(/^MlRunTaskMeetingRuns/) as string,
  });
  expect(expires).toBeGreaterThan(Date.now() / 1000 + 24 * 3600);
  const run = await execute(definition, input, services({ [key]: token }, task('run-1-1', '10.0.0.7')));
  expect(told(run.calls)).toEqual([{ TaskToken: TOKEN, Output: '{"address":"10.0.0.7"}' }]);
});

test.each([ecs.NetworkMode.HOST, ecs.NetworkMode.BRIDGE])('in %s mode the address is that of the host', async () => {
  const run = await execute(definition, input, services({ [`${EXECUTION.Value}/run-1-1`]: 'mine' }, task('run-1-1')));
  expect(told(run.calls)).toEqual([{ TaskToken: 'mine', Output: '{"address":"10.0.0.8"}' }]);
});

test('runs at the same time each get the address of their own first node', async () => {
  const tokens = Object.fromEntries([1, 2, 3].map((n) => [`${EXECUTION.Value}/run-${n}`, `token-${n}`]));
  for (const n of [3, 1, 2]) {
    const run = await execute(definition, input, services(tokens, task(`run-${n}`, `10.0.0.${n}`)));
    expect(told(run.calls)).toEqual([{ TaskToken: `token-${n}`, Output: `{"address":"10.0.0.${n}"}` }]);
  }
});

test('a run that does not wait is nobody to tell', async () => {
  const run = await execute(definition, input, services({}, task('run-1-1', '10.0.0.7')));
  expect(run.status).toBe('SUCCEEDED');
  expect(told(run.calls)).toEqual([]);
});

test('a run that has ended, or was told already, is no failure', async () => {
  const gone = () => ({ fails: new StatesError('Sfn.TaskTimedOutException', 'Task Timed Out') });
  const tokens = { [`${EXECUTION.Value}/run-1-1`]: 'mine' };
  const run = await execute(definition, input, services(tokens, task('run-1-1', '10.0.0.7'), { 'sfn:sendTaskSuccess': gone }));
  expect(run.status).toBe('SUCCEEDED');
});

test('a look-up that fails is tried again', async () => {
  let failures = 0;
  const flaky = () =>
    failures++ < 2
      ? { fails: new StatesError('Ecs.ThrottlingException', 'Rate exceeded') }
      : { result: { Tasks: [task('run-1-1', '10.0.0.7')] } };
  const tokens = { [`${EXECUTION.Value}/run-1-1`]: 'mine' };
  expect(told((await execute(definition, input, services(tokens, {}, { 'ecs:describeTasks': flaky }))).calls)).toHaveLength(1);
});

test('starts when the first node of a job runs, and only then', () => {
  const rule = Object.entries(template.findResources('AWS::Events::Rule')).find(([id]) => id.startsWith('TrainFirstNode'))![1];
  const { EventPattern, Targets } = deployed(rule.Properties) as {
    EventPattern: { detail: Record<string, unknown> };
    Targets: { InputTransformer: { InputTemplate: string } }[];
  };
  expect(EventPattern.detail).toEqual({
    clusterArn: [expect.stringMatching(/^PoolCluster/)],
    group: [expect.stringMatching(/^job:StackTrainTaskDefinition\w+:first$/)],
    lastStatus: ['RUNNING'],
    desiredStatus: ['RUNNING'],
  });
  expect(Targets[0].InputTransformer.InputTemplate).toBe('{"cluster":<detail-clusterArn>,"task":<detail-taskArn>}');
  const states = JSON.stringify(stateMachineOf(template, 'TrainStateMachine'));
  expect(states.match(/"Group":"job:\w+:first"/g)).toHaveLength(1);
  expect(states.match(/"Group":"job:\w+"/g)).toHaveLength(1);
});

test('jobs of a stack share one table and one state machine', () => {
  const many = makeJobs(undefined, 3);
  many.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
  const meetings = Object.keys(many.findResources('AWS::StepFunctions::StateMachine')).filter((id) => id.startsWith('MlRunTaskMeeting'));
  expect(meetings).toHaveLength(1);
});
