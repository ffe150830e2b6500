import { aws_ecs as ecs, CfnOutput, Duration, Size } from 'aws-cdk-lib';
import { container, makeJob } from './support';
import { JobOverrides, MlRunTask, NeuronCapacity, NeuronInstanceType } from '../../src';
import { word } from '../../src/run-task/shell';
import { newStackWithVpc, synth } from '../support';
import { judgeRequest } from '../support/ecs-api';
import { cliOptions, shellWords } from '../support/shell';
import { deployed } from '../support/state-machine';

/** A job on a pool like the one on the AWS page about Inferentia. */
function onPool(networkMode?: ecs.NetworkMode) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF1_XLARGE });
  const job = new MlRunTask(stack, 'Infer', { capacity, container, timeout: Duration.hours(1), networkMode });
  return { stack, job };
}

/** A command as an output of the deployed stack shows it. */
function printed({ stack, job }: { stack: ReturnType<typeof makeJob>['stack']; job: MlRunTask }, command: (job: MlRunTask) => string) {
  new CfnOutput(stack, 'Command', { value: command(job) });
  return cliOptions(deployed(synth(stack).findOutputs('Command').Command.Value) as string);
}

const runTask = (made: ReturnType<typeof onPool>, overrides?: JobOverrides) =>
  printed(made, (job) => (overrides ? job.runTaskCommandWith(overrides) : job.runTaskCommand));

/** The options of the CLI as the API names them, without those that only the CLI has. */
function asRequest({ region, ...options }: Record<string, unknown>): Record<string, unknown> {
  expect(region).toBe('us-east-1');
  const named: Record<string, string> = { enableEcsManagedTags: 'enableECSManagedTags' };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [named[name] ?? name, value]));
}

describe('aws ecs run-task', () => {
  test('is what the AWS page has, with a capacity provider so that the pool scales out', () => {
    const { words, options } = runTask(onPool(ecs.NetworkMode.BRIDGE));
    expect(words).toEqual(['aws', 'ecs', 'run-task']);
    const request = asRequest(options);
    expect(judgeRequest('RunTaskRequest', request)).toEqual([]);
    expect(request).toEqual({
      cluster: expect.stringMatching(/^PoolCluster/) as string,
      taskDefinition: expect.stringMatching(/^InferTaskDefinition/) as string,
      count: 1,
      capacityProviderStrategy: [{ capacityProvider: expect.stringMatching(/^PoolCapacityProvider/) as string, weight: 1 }],
      placementConstraints: [
        { type: 'memberOf', expression: 'attribute:ecs.os-type == linux' },
        { type: 'memberOf', expression: 'attribute:ecs.instance-type == inf1.xlarge' },
      ],
      placementStrategy: [{ type: 'binpack', field: 'cpu' }],
      enableECSManagedTags: true,
      propagateTags: 'TASK_DEFINITION',
    });
  });

  test('says which network, where tasks have one of their own', () => {
    const { options } = runTask(onPool());
    expect(judgeRequest('RunTaskRequest', asRequest(options))).toEqual([]);
    expect(options.networkConfiguration).toEqual({
      awsvpcConfiguration: {
        subnets: [expect.stringMatching(/^VpcPrivateSubnet1/), expect.stringMatching(/^VpcPrivateSubnet2/)] as string[],
        securityGroups: [expect.stringMatching(/^InferSecurityGroup/) as string],
        assignPublicIp: 'DISABLED',
      },
    });
  });

  test('overrides the command as the article on machine learning on ECS does, and commas, quotes and spaces survive', () => {
    const command = ['python', 'script.py', 'arg1', 'arg2', 'a,b', "it's", 'say "hi" $HOME `ls`', '\\'];
    const { options } = runTask(onPool(), { command, environment: { NAME: "O'Neill" }, memory: Size.gibibytes(4), count: 1 });
    const request = asRequest(options);
    expect(judgeRequest('RunTaskRequest', request)).toEqual([]);
    expect(request.count).toBe(1);
    expect(request.overrides).toEqual({
      containerOverrides: [{ name: 'main', command, environment: [{ name: 'NAME', value: "O'Neill" }], memoryReservation: 4096 }],
    });
  });

  test('overrides the size of the task on Fargate', () => {
    const { options } = runTask(makeJob({ enableExecuteCommand: true }), { cpu: 2048, memory: Size.gibibytes(8) });
    const request = asRequest(options);
    expect(judgeRequest('RunTaskRequest', request)).toEqual([]);
    expect(request).toMatchObject({
      overrides: { cpu: '2048', memory: '8192', containerOverrides: [{ name: 'main' }] },
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      enableExecuteCommand: true,
    });
    expect(request).not.toHaveProperty('placementConstraints');
  });

  test('the judge of requests finds what is wrong', () => {
    expect(judgeRequest('RunTaskRequest', { cluster: 1, networkConfiguration: { awsvpcConfiguration: { Subnets: [] } } })).toEqual([
      'RunTaskRequest: RunTaskRequest needs taskDefinition',
      'RunTaskRequest.cluster: 1 is not a string',
      'RunTaskRequest.networkConfiguration.awsvpcConfiguration: AwsVpcConfiguration needs subnets',
      'RunTaskRequest.networkConfiguration.awsvpcConfiguration.Subnets: AwsVpcConfiguration has no such member',
    ]);
  });
});

test('aws stepfunctions start-execution takes the input of a run', () => {
  const { words, options } = printed(makeJob(), (job) => job.startExecutionCommandWith({ command: ['python', "it's,fine"], count: 2 }));
  expect(words).toEqual(['aws', 'stepfunctions', 'start-execution']);
  expect(options).toEqual({
    region: 'us-east-1',
    stateMachineArn: expect.stringMatching(/^TrainStateMachine/) as string,
    input: { command: ['python', "it's,fine"], count: 2 },
  });
});

test('aws stepfunctions start-execution runs the job as it is', () => {
  expect(printed(makeJob(), (job) => job.startExecutionCommand).options.input).toEqual({});
});

test.each([
  ['ml-cluster', 'ml-cluster'],
  ['arn:aws:ecs:us-east-1:111111111111:cluster/ml', 'arn:aws:ecs:us-east-1:111111111111:cluster/ml'],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%s is the word %s', (value, quoted) => {
  expect(word(value)).toBe(quoted);
  expect(shellWords(`echo ${quoted}`)).toEqual(['echo', value]);
});
