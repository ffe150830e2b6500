import { _InstanceType as Ec2InstanceType } from '@aws-sdk/client-ec2';
import { aws_ec2 as ec2, aws_ecs as ecs, Size, Stack } from 'aws-cdk-lib';
import { GaudiInstanceType, TaskDefinitionGaudiDevices, TaskDefinitionGaudiDevicesProps } from '../../src';
import { newStack, synth, warnings } from '../support';

const image = ecs.ContainerImage.fromRegistry('trainer');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'test' });
const logConfiguration = { logDriver: 'json-file' };
const instanceType = GaudiInstanceType.DL1_24_XLARGE;

const theTask = (stack: Stack) => Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties;

describe('dl1.24xlarge', () => {
  test('is the one Gaudi type of the list of the SDK', () => {
    expect(Object.values(Ec2InstanceType).filter((name) => /^dl1\./.test(name))).toEqual(GaudiInstanceType.list().map((type) => type.name));
  });

  test('has the facts of the public tables', () => {
    const { vCpus, chips, networkCards, efaInterfaces, maxAwsVpcTasks, generation, regions, sources } = instanceType;
    expect([vCpus, chips, networkCards, efaInterfaces, maxAwsVpcTasks, generation]).toEqual([96, 8, 4, 4, 59, 1]);
    expect([instanceType.memory.toGibibytes(), instanceType.acceleratorMemory.toGibibytes()]).toEqual([768, 256]);
    expect(regions).toEqual(['us-east-1', 'us-west-2']);
    for (const source of sources) expect(source).toMatch(/^https:\/\/(docs\.)?aws\.amazon\.com\//);
  });

  test.each([
    ['DL9.24xlarge', {}, /`name` must be the API name/],
    ['dl9.24xlarge', { chips: 0 }, /`chips` must be a positive whole number.*got: 0/],
    ['dl9.24xlarge', { generation: 1.5 }, /`generation` must be a positive whole number.*got: 1.5/],
  ])('%s %j is an error', (name, wrong, message) => {
    const attributes = {
      ...{ vCpus: 96, memory: Size.gibibytes(768), chips: 8, generation: 2, acceleratorMemoryPerChip: Size.gibibytes(96) },
      ...{ networkInterfacesPerCard: 15, sources: [] },
    };
    expect(() => GaudiInstanceType.of(name, { ...attributes, ...wrong })).toThrow(message);
  });
});

test('adds to a plain L1, and leaves what it has', () => {
  const stack = newStack();
  new ecs.CfnTaskDefinition(stack, 'Task', {
    ipcMode: 'task',
    containerDefinitions: [
      {
        ...{ name: 'trainer', image: 'trainer', logConfiguration, memory: 64 },
        environment: [{ name: 'EPOCHS', value: '3' }],
        linuxParameters: { capabilities: { add: ['IPC_LOCK', 'SYS_NICE'], drop: ['NET_RAW'] }, initProcessEnabled: true },
      },
    ],
  }).with(new TaskDefinitionGaudiDevices({ instanceType, devices: [6, 7] }));
  const task = theTask(stack);
  expect(task.IpcMode).toBe('task');
  expect(task.ContainerDefinitions[0]).toMatchObject({
    Environment: [
      { Name: 'EPOCHS', Value: '3' },
      { Name: 'HABANA_VISIBLE_DEVICES', Value: '6,7' },
      { Name: 'OMPI_MCA_btl_vader_single_copy_mechanism', Value: 'none' },
    ],
    LinuxParameters: { Capabilities: { Add: ['IPC_LOCK', 'SYS_NICE'], Drop: ['NET_RAW'] }, InitProcessEnabled: true },
  });
});

test('adds to the named container of an L2 only', () => {
  const stack = newStack();
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  task.with(new TaskDefinitionGaudiDevices({ instanceType, containerName: 'Trainer' }));
  task.addContainer('First', { image, logging, memoryLimitMiB: 64 });
  task.addContainer('Trainer', { image, logging, memoryLimitMiB: 64 });
  const {
    IpcMode,
    ContainerDefinitions: [first, trainer],
  } = theTask(stack);
  expect(IpcMode).toBe('host');
  expect([first.Environment, first.LinuxParameters]).toEqual([undefined, undefined]);
  expect(trainer.Environment[0]).toEqual({ Name: 'HABANA_VISIBLE_DEVICES', Value: 'all' });
});

test.each<[Partial<TaskDefinitionGaudiDevicesProps>, RegExp]>([
  [{ devices: [8] }, /`devices` must be at least one index of a chip that dl1.24xlarge has, from 0 to 7, each given once, got: \[8\]/],
  [{ devices: [] }, /got: \[\]/],
  [{ devices: [-1] }, /got: \[-1\]/],
  [{ devices: [0.5] }, /got: \[0.5\]/],
  [{ devices: [1, 1] }, /got: \[1, 1\]/],
])('%j is an error', (props, message) => {
  expect(() => new TaskDefinitionGaudiDevices({ instanceType, ...props })).toThrow(message);
});

test.each<[number[] | undefined, boolean]>([
  [undefined, true],
  [[0, 1, 2, 3, 4, 5, 6, 7], true],
  [[5], true],
  [[3, 2], true],
  [[4, 5, 6, 7], true],
  [[1, 2], false],
  [[0, 2], false],
  [[0, 1, 2], false],
  [[2, 3, 4, 5], false],
])('the vendor supports chips %j together: %s', (devices, supported) => {
  const stack = newStack();
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  task.addContainer('Trainer', { image, logging, memoryLimitMiB: 64 });
  task.with(new TaskDefinitionGaudiDevices({ instanceType, devices }));
  expect(warnings(stack)).toEqual(
    supported ? [] : [expect.stringMatching(/which the vendor does not support.*\[ack: .*cdk-ecs-ml:gaudi-part-of-host\]/)],
  );
});

describe('at synth it is an error', () => {
  const withContainer = (more: Partial<ecs.CfnTaskDefinition.ContainerDefinitionProperty>, containerName?: string) => {
    const stack = newStack();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [{ name: 'trainer', image: 'trainer', logConfiguration, memory: 64, ...more }],
    }).with(new TaskDefinitionGaudiDevices({ instanceType, containerName }));
    return () => synth(stack);
  };

  test.each<[string, Partial<ecs.CfnTaskDefinition.ContainerDefinitionProperty>, RegExp]>([
    [
      'chips by a variable',
      { environment: [{ name: 'HABANA_VISIBLE_DEVICES', value: '0' }] },
      /trainer must not set HABANA_VISIBLE_DEVICES/,
    ],
    ['chips by a newer device', { linuxParameters: { devices: [{ hostPath: '/dev/accel/accel0' }] } }, /must not map \/dev\/accel\/accel0/],
    ['chips by an older device', { linuxParameters: { devices: [{ hostPath: '/dev/hl0' }] } }, /must not map \/dev\/hl0/],
  ])('%s', (_, more, message) => expect(withContainer(more)).toThrow(message));

  test('a container that does not exist', () => {
    expect(withContainer({}, 'Trianer')).toThrow(/No container is called Trianer.*Its containers: trainer/);
  });
});

test('leaves other constructs alone', () => {
  expect(new TaskDefinitionGaudiDevices({ instanceType }).supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
});
