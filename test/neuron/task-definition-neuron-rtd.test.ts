import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Stack } from 'aws-cdk-lib';
import {
  NeuronCapacity,
  NeuronInstanceType,
  NeuronRuntime,
  TaskDefinitionNeuronDevices,
  TaskDefinitionNeuronRtd,
  TaskDefinitionNeuronRtdProps,
  TaskDefinitionSlice,
} from '../../src';
import { newStack, newStackWithVpc, synth, warnings } from '../support';

const { INF1_XLARGE, INF1_6_XLARGE, INF2_XLARGE } = NeuronInstanceType;
const NO_LOGGING = 'AwsSolutions-ECS7';
const model = { name: 'model', image: 'model', memory: 64 };

function taskOf(stack: Stack) {
  return Object.values(synth(stack, NO_LOGGING).findResources('AWS::ECS::TaskDefinition'))[0].Properties;
}

describe('TaskDefinitionNeuronRtd', () => {
  function l1(props: Partial<ecs.CfnTaskDefinitionProps>, mixin: Partial<TaskDefinitionNeuronRtdProps> = {}): Stack {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions: [model], ...props }).with(
      new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE, ...mixin }),
    );
    return stack;
  }

  test('keeps what the containers and the task have', () => {
    const task = taskOf(
      l1({
        containerDefinitions: [
          { name: 'init', image: 'init', memory: 64, essential: false },
          {
            ...model,
            dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }],
            environment: [{ name: 'MODEL', value: 'bert' }],
            mountPoints: [{ sourceVolume: 'models', containerPath: '/models' }],
          },
        ],
        volumes: [{ name: 'models' }],
      }),
    );
    expect(task.ContainerDefinitions.map(({ Name }: { Name: string }) => Name)).toEqual(['init', 'model', 'neuron-rtd']);
    expect(task.ContainerDefinitions[0].DependsOn).toBeUndefined();
    expect(task.ContainerDefinitions[1]).toMatchObject({
      DependsOn: [
        { ContainerName: 'init', Condition: 'SUCCESS' },
        { ContainerName: 'neuron-rtd', Condition: 'START' },
      ],
      Environment: [{ Name: 'MODEL', Value: 'bert' }, { Name: 'NEURON_RTD_ADDRESS' }],
      MountPoints: [{ SourceVolume: 'models' }, { SourceVolume: 'sock', ContainerPath: '/sock' }],
    });
    expect(task.Volumes).toEqual([{ Name: 'models' }, { Name: 'sock', Host: { SourcePath: '/tmp/sock' } }]);
  });

  test('works on an L2 whose containers and volumes come later', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE, containerName: 'Model' }));
    task.addContainer('Other', { image: ecs.ContainerImage.fromRegistry('other'), memoryLimitMiB: 64 });
    task.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('model'), memoryLimitMiB: 64 });
    task.addVolume({ name: 'models' });
    const { ContainerDefinitions, Volumes } = taskOf(stack);
    expect(ContainerDefinitions).toHaveLength(3);
    expect(ContainerDefinitions[0].DependsOn).toBeUndefined();
    expect(ContainerDefinitions[1].DependsOn).toEqual([{ ContainerName: 'neuron-rtd', Condition: 'START' }]);
    expect(Volumes).toHaveLength(2);
  });

  test('gives the daemon the devices asked for, and tasks that share a host different folders', () => {
    const { ContainerDefinitions, Volumes } = taskOf(l1({}, { devices: [3, 2] }));
    expect(ContainerDefinitions[1].Environment).toEqual([{ Name: 'AWS_NEURON_VISIBLE_DEVICES', Value: '2,3' }]);
    expect(Volumes).toEqual([{ Name: 'sock', Host: { SourcePath: '/tmp/sock-2-3' } }]);
  });

  test('is followed by the slice, which sees the daemon', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF1_XLARGE, neuronRuntime: NeuronRuntime.NEURON_RTD });
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image: ecs.ContainerImage.fromRegistry('model'), memoryLimitMiB: 512 });
    const mixins = capacity.taskDefinitionMixins();
    expect(mixins.map(({ constructor }) => constructor)).toEqual([TaskDefinitionNeuronRtd, TaskDefinitionSlice]);
    task.with(...mixins);
    expect(taskOf(stack).ContainerDefinitions).toMatchObject([{ Cpu: 4096 }, { Cpu: 0 }]);
  });

  test('warns where no pool does', () => {
    expect(warnings(l1({}))).toEqual([expect.stringMatching(/^TaskDefinitionNeuronRtd is only for .*neuron-rtd-legacy/)]);
  });

  test.each<[string, Partial<ecs.CfnTaskDefinitionProps>, RegExp]>([
    [
      'a container of its name',
      { containerDefinitions: [model, { ...model, name: 'neuron-rtd' }] },
      /A container is already called neuron-rtd/,
    ],
    ['a volume of its name', { volumes: [{ name: 'sock' }] }, /A volume is already called sock/],
    [
      'a mount point at its path',
      { containerDefinitions: [{ ...model, mountPoints: [{ sourceVolume: 'v', containerPath: '/sock' }] }], volumes: [{ name: 'v' }] },
      /Container model already mounts \/sock/,
    ],
    ...['NEURON_RTD_ADDRESS', 'AWS_NEURON_VISIBLE_DEVICES', 'NEURON_RT_NUM_CORES', 'NEURON_RT_VISIBLE_CORES'].map(
      (name): [string, Partial<ecs.CfnTaskDefinitionProps>, RegExp] => [
        name,
        { containerDefinitions: [{ ...model, environment: [{ name, value: '0' }] }] },
        new RegExp(`container model must not set ${name}`),
      ],
    ),
    [
      'mapped devices',
      { containerDefinitions: [{ ...model, linuxParameters: { devices: [{ hostPath: '/dev/neuron0' }] } }] },
      /container model must not map \/dev\/neuron0/,
    ],
    ['no container', { containerDefinitions: [] }, /No container is essential/],
    ['Fargate', { requiresCompatibilities: ['EC2', 'FARGATE'] }, /must be compatible with EC2 only, got: FARGATE/],
    ['Managed Instances', { requiresCompatibilities: ['MANAGED_INSTANCES'] }, /EC2 only, got: MANAGED_INSTANCES/],
  ])('%s is an error', (_, props, message) => {
    expect(() => synth(l1(props))).toThrow(message);
  });

  test('devices by the other mixin are an error', () => {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions: [model] })
      .with(new TaskDefinitionNeuronDevices({ instanceType: INF1_6_XLARGE }))
      .with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE }));
    expect(() => synth(stack)).toThrow(/container model must not map \/dev\/neuron0/);
  });

  test.each<[string, Partial<TaskDefinitionNeuronRtdProps>, RegExp]>([
    ['another type', { instanceType: INF2_XLARGE }, /^TaskDefinitionNeuronRtd: TaskDefinitionNeuronRtd is only for Inf1, got: inf2.xlarge/],
    [
      'a device that the type has not',
      { devices: [4] },
      /`devices` must be at least one index of a device that inf1.6xlarge has, from 0 to 3/,
    ],
    ['a gap', { devices: [0, 2] }, /`devices` must be contiguous/],
    ['no device', { devices: [] }, /`devices` must be at least one index/],
  ])('%s is an error', (_, props, message) => {
    expect(() => new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE, ...props })).toThrow(message);
  });

  test('a variable or volume whose name is a token is left alone', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [{ ...model, name, environment: [{ name, value: '0' }] }],
      volumes: [{ name }],
    }).with(new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE }));
    expect(taskOf(stack).Volumes).toEqual([{ Name: { Ref: 'Name' } }, expect.objectContaining({ Name: 'sock' })]);
  });

  test('leaves other constructs alone', () => {
    const mixin = new TaskDefinitionNeuronRtd({ instanceType: INF1_6_XLARGE });
    expect(mixin.supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
  });
});
