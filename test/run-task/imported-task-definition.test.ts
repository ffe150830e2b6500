import { aws_ecs as ecs, aws_iam as iam, aws_s3 as s3, CfnOutput, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { FargateCapacity, ICapacity, MlRunTask, MlRunTaskProps, NeuronCapacity, NeuronInstanceType } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { execute } from '../support/asl';
import { isAllowed } from '../support/iam';
import { cliOptions } from '../support/shell';
import { deployed, stateMachineOf } from '../support/state-machine';
import { TemplateJson } from '../support/template';

const ARN = 'arn:aws:ecs:us-east-1:111111111111:task-definition/churn-training:7';
const TASK_ROLE = 'arn:aws:iam::111111111111:role/churn-task';
const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/churn-execution';

function imported(stack: Stack, attributes: Partial<ecs.TaskDefinitionAttributes> = {}): ecs.ITaskDefinition {
  return ecs.TaskDefinition.fromTaskDefinitionAttributes(stack, 'Theirs', {
    taskDefinitionArn: ARN,
    compatibility: ecs.Compatibility.EC2_AND_FARGATE,
    networkMode: ecs.NetworkMode.AWS_VPC,
    taskRole: iam.Role.fromRoleArn(stack, 'TaskRole', TASK_ROLE),
    executionRole: iam.Role.fromRoleArn(stack, 'ExecutionRole', EXECUTION_ROLE),
    ...attributes,
  });
}

function makeJob(props: Partial<MlRunTaskProps> = {}, attributes: Partial<ecs.TaskDefinitionAttributes> = {}, onPool = false) {
  const { stack, vpc } = newStackWithVpc();
  const capacity: ICapacity = onPool
    ? new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_8_XLARGE })
    : new FargateCapacity(stack, 'Fargate', { vpc });
  const taskDefinition = imported(stack, attributes);
  const job = new MlRunTask(stack, 'Train', { capacity, taskDefinition, containerName: 'train', timeout: Duration.hours(1), ...props });
  return { stack, job };
}

const ended = { TaskArn: 'arn:aws:ecs:us-east-1:111111111111:task/C/0', Containers: [{ Name: 'train', ExitCode: 0 }] };

test.each([false, true])('is run without one of the app, on a pool: %s', async (onPool) => {
  const { stack, job } = makeJob({}, {}, onPool);
  new s3.Bucket(stack, 'Data', { enforceSSL: true }).grantRead(job);
  const template = synth(stack, 'AwsSolutions-S1');
  template.resourceCountIs('AWS::ECS::TaskDefinition', 0);
  expect(warnings(stack)).toEqual([]);
  const run = await execute(stateMachineOf(template, 'Train'), { command: ['train.py'] }, () => ({ result: ended }));
  expect(run.status).toBe('SUCCEEDED');
  expect(run.calls[0].args).toMatchObject({
    TaskDefinition: ARN,
    Group: 'job:churn-training',
    NetworkConfiguration: { AwsvpcConfiguration: {} },
    Overrides: { ContainerOverrides: [{ Name: 'train', Command: ['train.py'] }] },
  });
});

test('its revisions may be run, and its two roles passed on, and no others', async () => {
  const template = synth(makeJob().stack).toJSON() as TemplateJson;
  const [cluster] = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::ECS::Cluster');
  const may = (action: string, resource: string, context: Record<string, string>) =>
    isAllowed(template, { role: 'TrainStateMachineRole', action, resource, context });
  const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  for (const role of [TASK_ROLE, EXECUTION_ROLE]) expect(await may('iam:PassRole', role, toTasks)).toBe(true);
  expect(await may('iam:PassRole', 'arn:aws:iam::111111111111:role/admin', toTasks)).toBe(false);
  const onCluster = { 'ecs:cluster': `arn:aws:ecs:us-east-1:111111111111:cluster/${cluster}` };
  expect(await may('ecs:RunTask', ARN.replace(':7', ':8'), onCluster)).toBe(true);
  expect(await may('ecs:RunTask', ARN.replace('churn', 'other'), onCluster)).toBe(false);
});

test('needs no execution role', () => {
  const { stack } = makeJob({}, { executionRole: undefined });
  expect(JSON.stringify(synth(stack).findResources('AWS::IAM::Policy'))).not.toContain('churn-execution');
});

test('may be known at deployment only', () => {
  const { stack, vpc } = newStackWithVpc();
  const taskDefinitionArn = new CfnParameter(stack, 'Arn').valueAsString;
  const capacity = new FargateCapacity(stack, 'Fargate', { vpc });
  const taskDefinition = imported(stack, { taskDefinitionArn });
  const job = new MlRunTask(stack, 'Train', { capacity, taskDefinition, containerName: 'train', timeout: Duration.hours(1) });
  job.runOnDeploy();
  const family = { 'Fn::Select': [0, { 'Fn::Split': [':', { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] }] }] };
  const rules = Object.values(synth(stack, 'AwsSolutions-IAM5').findResources('AWS::Events::Rule'));
  expect(JSON.stringify(rules)).toContain(JSON.stringify({ 'Fn::Join': ['', ['job:', family]] }));
});

test('on Fargate, a run overrides the size of the task', () => {
  const { stack, job } = makeJob();
  new CfnOutput(stack, 'Command', { value: job.runTaskCommandWith({ cpu: 2048, memory: Size.gibibytes(8) }) });
  const { options } = cliOptions(deployed(synth(stack).findOutputs('Command').Command.Value) as string);
  expect(options.overrides).toEqual({ cpu: '2048', memory: '8192', containerOverrides: [{ name: 'train' }] });
});

test('on a pool, a run overrides no size, because it is not known', async () => {
  const { stack, job } = makeJob({}, {}, true);
  expect(() => job.runTaskCommandWith({ memory: Size.gibibytes(8) })).toThrow(
    "Stack/Train: `memory` can't be overridden, because the size of the imported task definition is not known. Leave it out. [cdk-ecs-ml:job-task-imported]",
  );
  const run = await execute(stateMachineOf(synth(stack), 'Train'), { memory: 8192 }, () => ({ result: ended }));
  expect(run).toMatchObject({ status: 'FAILED', error: 'MlRunTask.BadInput' });
});

test.each<[string, Partial<MlRunTaskProps>, Partial<ecs.TaskDefinitionAttributes>, string]>([
  [
    'the main container',
    { containerName: undefined },
    {},
    '`containerName` must be given with an imported `taskDefinition`: the name of the container that does the work.',
  ],
  [
    'its network mode',
    {},
    { networkMode: undefined },
    'The imported `taskDefinition` must say its network mode. Import it with `ecs.TaskDefinition.fromTaskDefinitionAttributes()` and `networkMode`.',
  ],
  [
    'its task role',
    {},
    { taskRole: undefined },
    'The imported `taskDefinition` must say its task role, which the state machine passes to ECS. Import it with',
  ],
])('must say %s', (_, props, attributes, message) => {
  expect(() => makeJob(props, attributes)).toThrow(message);
});

test('must be compatible with the capacity', () => {
  expect(() => makeJob({}, { compatibility: ecs.Compatibility.EC2 })).toThrow('`taskDefinition` must be compatible with FARGATE');
});

test.each(['taskDefinition', 'container'] as const)('gives out no %s', (member) => {
  const { job } = makeJob();
  expect(() => job[member]).toThrow(
    `Stack/Train: \`${member}\` is not available, because the task definition of the job is imported. Use the app that registers it. [cdk-ecs-ml:job-task-imported]`,
  );
});
