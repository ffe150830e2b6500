import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import {
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronInstanceType,
  TaskDefinitionNeuronDevices,
  TaskDefinitionNeuronDevicesProps,
  TaskDefinitionSlice,
} from '../../src';
import { newStack, newStackWithVpc, synth } from '../support';

const image = ecs.ContainerImage.fromRegistry('model');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'model' });
const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'models' } };

function containersOf(stack: Stack) {
  return Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions;
}

const paths = (container: { LinuxParameters: { Devices: { HostPath: string }[] } }) =>
  container.LinuxParameters.Devices.map((device) => device.HostPath);

describe('TaskDefinitionNeuronDevices', () => {
  const instanceType = NeuronInstanceType.INF2_24_XLARGE;

  test('maps every device into an existing L2, also when its containers come later', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    expect(task.with(new TaskDefinitionNeuronDevices({ instanceType }))).toBe(task);
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512, environment: { MODEL: 'bert' } });
    task.addContainer('Sidecar', { image, logging, memoryLimitMiB: 64 });
    const [model, sidecar] = containersOf(stack);
    expect(paths(model)).toEqual(instanceType.devicePaths);
    expect(model.Environment).toEqual([{ Name: 'MODEL', Value: 'bert' }]);
    expect(sidecar.LinuxParameters).toBeUndefined();
  });

  test('maps the given devices of an existing L1, and sets cores', () => {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [
        { name: 'side', image: 'side', logConfiguration, memory: 64, essential: false },
        { name: 'model', image: 'model', logConfiguration, memory: 512, linuxParameters: { devices: [{ hostPath: '/dev/fuse' }] } },
      ],
    }).with(new TaskDefinitionNeuronDevices({ instanceType, devices: [2, 3], neuronCores: 4 }));
    const [side, model] = containersOf(stack);
    expect(paths(model)).toEqual(['/dev/fuse', '/dev/neuron2', '/dev/neuron3']);
    expect(model.LinuxParameters.Devices[1]).toEqual({
      HostPath: '/dev/neuron2',
      ContainerPath: '/dev/neuron2',
      Permissions: ['read', 'write'],
    });
    expect(model.Environment).toEqual([{ Name: 'NEURON_RT_NUM_CORES', Value: '4' }]);
    expect(side.LinuxParameters).toBeUndefined();
  });

  test('maps into the named container', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('First', { image, logging, memoryLimitMiB: 64 });
    task.addContainer('Second', { image, logging, memoryLimitMiB: 64 });
    task.with(new TaskDefinitionNeuronDevices({ instanceType, containerName: 'Second' }));
    const [first, second] = containersOf(stack);
    expect(first.LinuxParameters).toBeUndefined();
    expect(paths(second)).toHaveLength(6);
  });

  test('a container that does not exist is an error', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image, logging, memoryLimitMiB: 64 });
    task.with(new TaskDefinitionNeuronDevices({ instanceType, containerName: 'Modle' }));
    expect(() => synth(stack)).toThrow(/No container is called Modle, but the task needs one that does the work. Its containers: Model/);
  });

  test('leaves other constructs alone', () => {
    const mixin = new TaskDefinitionNeuronDevices({ instanceType });
    expect(mixin.supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
  });

  test('keeps references to other stacks', () => {
    const { stack } = newStackWithVpc();
    const other = new Stack(stack.node.root, 'Other');
    const task = new ecs.Ec2TaskDefinition(other, 'Task');
    const secretPath = new ec2.SecurityGroup(stack, 'Group', { vpc: new ec2.Vpc(stack, 'Vpc2') }).securityGroupId;
    task.addContainer('Model', { image, logging, memoryLimitMiB: 64, environment: { GROUP: secretPath } });
    task.with(new TaskDefinitionNeuronDevices({ instanceType }));
    expect(containersOf(other)[0].Environment[0].Value).toEqual({ 'Fn::ImportValue': expect.stringContaining('Stack:ExportsOutput') });
  });

  test.each<[Partial<TaskDefinitionNeuronDevicesProps>, RegExp]>([
    [{ devices: [6] }, /`devices` must be at least one index of a device that inf2.24xlarge has, from 0 to 5, got: \[6\]/],
    [{ devices: [] }, /`devices` must be at least one index .*got: \[\]/],
    [{ devices: [-1, 0] }, /got: \[-1, 0\]/],
    [{ devices: [0, 2] }, /`devices` must be contiguous, and each index given once, got: \[0, 2\]. Use for example \[0, 1\]/],
    [{ devices: [1, 1] }, /must be contiguous, and each index given once/],
    [{ neuronCores: 13 }, /`neuronCores` must be a whole number from 1 to 12, the cores of the mapped devices of inf2.24xlarge, got: 13/],
    [{ neuronCores: 0 }, /`neuronCores` .*got: 0/],
    [{ devices: [0], neuronCores: 3 }, /`neuronCores` must be a whole number from 1 to 2/],
    [{ logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 }, /`logicalNeuronCoreConfig` is only for types with logical NeuronCores/],
  ])('%j is an error', (props, message) => {
    expect(() => new TaskDefinitionNeuronDevices({ instanceType, ...props })).toThrow(message);
  });

  test.each([
    ['AWS_NEURON_VISIBLE_DEVICES', {}],
    ['NEURON_RT_NUM_CORES', { neuronCores: 2 }],
    ['NEURON_RT_VISIBLE_CORES', { neuronCores: 2 }],
  ])('a container that sets %s itself is an error', (name, props) => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image, logging, memoryLimitMiB: 64, environment: { [name]: '0' } });
    task.with(new TaskDefinitionNeuronDevices({ instanceType, ...props }));
    expect(() => synth(stack)).toThrow(new RegExp(`container Model must not set ${name}`));
  });

  test('a container that picks its cores is fine where the mixin gives none', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image, logging, memoryLimitMiB: 64, environment: { NEURON_RT_VISIBLE_CORES: '0-1' } });
    task.with(new TaskDefinitionNeuronDevices({ instanceType, devices: [0] }));
    expect(containersOf(stack)[0].Environment).toEqual([{ Name: 'NEURON_RT_VISIBLE_CORES', Value: '0-1' }]);
  });

  test('a container that maps Neuron devices itself is an error', () => {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [
        { name: 'model', image: 'model', logConfiguration, memory: 64, linuxParameters: { devices: [{ hostPath: '/dev/neuron0' }] } },
      ],
    }).with(new TaskDefinitionNeuronDevices({ instanceType }));
    expect(() => synth(stack)).toThrow(/`linuxParameters` of container model must not map \/dev\/neuron0/);
  });
});

describe('TaskDefinitionSlice', () => {
  function withPool() {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_24_XLARGE, tasksPerInstance: 6 });
    return { stack, capacity, task: new ecs.Ec2TaskDefinition(stack, 'Task') };
  }

  test('gives an existing task definition its slice of cpu, and leaves the memory that it has', () => {
    const { stack, capacity, task } = withPool();
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512 });
    task.addContainer('Sidecar', { image, logging, memoryLimitMiB: 64, cpu: 100 });
    task.with(new TaskDefinitionSlice({ capacity }));
    const [model, sidecar] = containersOf(stack);
    expect(model).toMatchObject({ Cpu: 16384 - 100, Memory: 512 });
    expect(model.MemoryReservation).toBeUndefined();
    expect(sidecar).toMatchObject({ Cpu: 100, Memory: 64 });
  });

  test('a container with cpu of its own is an error at synth', () => {
    const { stack, capacity, task } = withPool();
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512, cpu: 2048 });
    task.with(new TaskDefinitionSlice({ capacity }));
    expect(() => synth(stack)).toThrow(/`cpu` of the main container must be left out, got: 2048/);
  });

  test.each([
    [{ cpu: '4096' }, /`cpu` of the task must be left out, got: 4096. ECS would count it instead of the 16384 cpu units of the slice/],
    [{ memory: '999999' }, /`memory` of the task must be at most the 60620 MiB of the slice, got: 999999/],
  ])('a task with %j as a whole is an error', (size, message) => {
    const { stack, capacity } = withPool();
    new ecs.CfnTaskDefinition(stack, 'L1', {
      ...size,
      containerDefinitions: [{ name: 'model', image: 'model', logConfiguration }],
    }).with(new TaskDefinitionSlice({ capacity }));
    expect(() => synth(stack)).toThrow(message);
  });

  test('a container that does not exist is an error', () => {
    const { stack, capacity, task } = withPool();
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512 });
    task.with(new TaskDefinitionSlice({ capacity, containerName: 'Other' }));
    expect(() => synth(stack)).toThrow(/No container is called Other, but the task needs one that does the work. Its containers: Model/);
  });
});
