import { aws_ec2 as ec2, aws_ecs as ecs, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { EXECUTION } from './support';
import {
  Ec2Capacity,
  FargateCapacity,
  ICapacity,
  JobOverrides,
  Launcher,
  MlRunTask,
  MlRunTaskProps,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
} from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';
import { execute } from '../support/asl';
import { isAllowed } from '../support/iam';
import { cliOptions } from '../support/shell';
import { deployed, stateMachineOf } from '../support/state-machine';
import { TemplateJson } from '../support/template';

const image = ecs.ContainerImage.fromRegistry('my-training');
const instanceType = NeuronInstanceType.INF2_8_XLARGE;

type Made = { capacity: ICapacity; taskDefinition: ecs.TaskDefinition };

const CAPACITIES: Record<string, (stack: Stack, vpc: ec2.IVpc) => Made> = {
  'a Neuron pool': (stack, vpc) => ({
    capacity: new NeuronCapacity(stack, 'Pool', { vpc, instanceType, maxInstances: 9 }),
    taskDefinition: new ecs.Ec2TaskDefinition(stack, 'Mine', { networkMode: ecs.NetworkMode.AWS_VPC }),
  }),
  'an EC2 pool': (stack, vpc) => ({
    capacity: new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.4xlarge') }),
    taskDefinition: new ecs.Ec2TaskDefinition(stack, 'Mine', { networkMode: ecs.NetworkMode.BRIDGE }),
  }),
  Fargate: (stack, vpc) => ({
    capacity: new FargateCapacity(stack, 'Fargate', { vpc }),
    taskDefinition: new ecs.FargateTaskDefinition(stack, 'Mine', { cpu: 1024, memoryLimitMiB: 4096 }),
  }),
  'Managed Instances': (stack, vpc) => ({
    capacity: new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes: [instanceType] }),
    taskDefinition: new ecs.TaskDefinition(stack, 'Mine', {
      compatibility: ecs.Compatibility.MANAGED_INSTANCES,
      networkMode: ecs.NetworkMode.AWS_VPC,
    }),
  }),
};

/** A job of a task definition with a sidecar and a main container. */
function makeJob(where: string, props: Partial<MlRunTaskProps> = {}, containers = ['train', 'proxy']) {
  const { stack, vpc } = newStackWithVpc();
  const { capacity, taskDefinition } = CAPACITIES[where](stack, vpc);
  for (const name of containers) {
    taskDefinition.addContainer(name, {
      image,
      cpu: where === 'an EC2 pool' ? 256 : undefined,
      memoryReservationMiB: 256,
      essential: name === 'train',
    });
  }
  const job = new MlRunTask(stack, 'Train', { capacity, taskDefinition, timeout: Duration.hours(1), ...props });
  return { stack, job, taskDefinition };
}

const ended = (ExitCode: number, name = 'train') => ({
  TaskArn: 'arn:aws:ecs:us-east-1:111111111111:task/Cluster/0123456789abcdef0',
  StopCode: 'EssentialContainerExited',
  Containers: [
    { Name: 'proxy', ExitCode: 0 },
    { Name: name, ExitCode },
  ],
});

describe.each(Object.keys(CAPACITIES))('on %s, a task definition of the user', (where) => {
  test('is run and prepared, and no other is made', async () => {
    const { stack, job, taskDefinition } = makeJob(where);
    expect(job.taskDefinition).toBe(taskDefinition);
    expect(job.container.containerName).toBe('train');
    const template = synth(stack, 'AwsSolutions-ECS7', 'AwsSolutions-ECS2');
    template.resourceCountIs('AWS::ECS::TaskDefinition', 1);
    const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const { ContainerDefinitions } = definition.Properties as { ContainerDefinitions: { Name: string; LinuxParameters?: object }[] };
    expect(ContainerDefinitions.find(({ Name }) => Name === 'train')?.LinuxParameters).toMatchObject({ InitProcessEnabled: true });
    const devices = /neuron|NeuronDevice/i.test(JSON.stringify(definition.Properties));
    expect(devices).toBe(where === 'a Neuron pool' || where === 'Managed Instances');
    expect(warnings(stack)).toEqual([]);
    const run = await execute(stateMachineOf(template, 'Train'), { command: ['train.py'] }, () => ({ result: ended(0) }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { tasks: [{ exitCode: 0 }] } });
    expect(run.calls[0].args).toMatchObject({
      TaskDefinition: expect.stringMatching(/^Mine/) as string,
      Group: expect.stringMatching(/^job:StackMine/) as string,
      Overrides: { ContainerOverrides: [{ Name: 'train', Command: ['train.py'], Environment: [EXECUTION] }] },
    });
  });

  test('may be run and passed on by the state machine only', async () => {
    const template = synth(makeJob(where).stack, 'AwsSolutions-ECS7', 'AwsSolutions-ECS2').toJSON() as TemplateJson;
    const taskRole = Object.keys(template.Resources).find((id) => id.startsWith('MineTaskRole'))!;
    const allowed = (resource: string) =>
      isAllowed(template, {
        role: 'TrainStateMachineRole',
        action: 'iam:PassRole',
        resource,
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      });
    expect(await allowed(taskRole)).toBe(true);
    expect(await allowed('arn:aws:iam::111111111111:role/admin')).toBe(false);
  });

  test('has a main container that the user chooses', async () => {
    const { stack, job } = makeJob(where, { containerName: 'train' }, ['proxy', 'train']);
    const overrides: JobOverrides = { environment: { EPOCHS: '3' } };
    new CfnOutput(stack, 'Command', { value: job.runTaskCommandWith(overrides) });
    const template = synth(stack, 'AwsSolutions-ECS7', 'AwsSolutions-ECS2');
    const { options } = cliOptions(deployed(template.findOutputs('Command').Command.Value) as string);
    expect(options.overrides).toEqual({ containerOverrides: [{ name: 'train', environment: [{ name: 'EPOCHS', value: '3' }] }] });
    const run = await execute(stateMachineOf(template, 'Train'), {}, () => ({ result: ended(3) }));
    expect(run).toMatchObject({
      status: 'FAILED',
      error: 'MlRunTask.ProgramFailed',
      cause: expect.stringContaining('Container train exited with code 3') as string,
    });
  });
});

test('its runs and nodes are like those of other jobs', () => {
  const { stack, job } = makeJob('a Neuron pool', { nodes: 2 });
  job.runOnDeploy();
  expect(() => synth(stack, 'AwsSolutions-ECS7', 'AwsSolutions-ECS2')).not.toThrow();
});

test.each<[string, Partial<MlRunTaskProps>, string]>([
  [
    'a container too',
    { container: { image } },
    'Give `container` or `taskDefinition`, not both. The task definition already has containers. [cdk-ecs-ml:job-task]',
  ],
  [
    'neither',
    { taskDefinition: undefined },
    'Give `container`, the main container, or `taskDefinition`, a task definition of your own. [cdk-ecs-ml:job-task]',
  ],
  [
    'a family',
    { family: 'mine' },
    "`family` can't be combined with `taskDefinition`. Set it in the task definition, or give `container` instead. [cdk-ecs-ml:job-task]",
  ],
  ['a launcher', { launcher: Launcher.torchrun({ processesPerNode: 2 }) }, "`launcher` can't be combined with `taskDefinition`."],
  [
    'another container',
    { containerName: 'other' },
    '`taskDefinition` must have the container of `containerName`, got: other. Add it before you create the job.',
  ],
])('%s is refused', (_, props, message) => {
  expect(() => makeJob('a Neuron pool', props)).toThrow(message);
});

test('a name of the container without a task definition is refused', () => {
  expect(() => makeJob('Fargate', { taskDefinition: undefined, container: { image }, containerName: 'x' })).toThrow(
    '`containerName` belongs to `taskDefinition`. With `container`, set `containerName` of the container. [cdk-ecs-ml:job-task]',
  );
});

test('a task definition without a container is refused', () => {
  expect(() => makeJob('Fargate', {}, [])).toThrow(
    '`taskDefinition` must have an essential container. Add it before you create the job. [cdk-ecs-ml:job-task]',
  );
});

test.each([
  ['a Neuron pool', 'EC2'],
  ['Managed Instances', 'MANAGED_INSTANCES'],
])('on %s it must be compatible with %s', (where, name) => {
  const { stack, vpc } = newStackWithVpc();
  const { capacity } = CAPACITIES[where](stack, vpc);
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Other');
  taskDefinition.addContainer('train', { image });
  expect(() => new MlRunTask(stack, 'Train', { capacity, taskDefinition, timeout: Duration.hours(1) })).toThrow(
    `Stack/Train: \`taskDefinition\` must be compatible with ${name}, because the capacity of the job runs tasks there. Create it with ` +
      `\`compatibility: ecs.Compatibility.${name}\`. [cdk-ecs-ml:job-task-compatible]`,
  );
});

test('awsvpc tasks that a host has no network interfaces for are refused', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF1_24_XLARGE, tasksPerInstance: 16 });
  const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Mine', { networkMode: ecs.NetworkMode.AWS_VPC });
  taskDefinition.addContainer('train', { image, memoryReservationMiB: 256 });
  expect(() => new MlRunTask(stack, 'Train', { capacity, taskDefinition, timeout: Duration.hours(1) })).toThrow(/network interface/);
});
