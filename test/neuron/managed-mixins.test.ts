import { aws_ec2 as ec2, aws_ecs as ecs, Size, Stack } from 'aws-cdk-lib';
import { IMixin } from 'constructs';
import {
  LogicalNeuronCoreConfig,
  NeuronInstanceType,
  NeuronManagedCapacity,
  TaskDefinitionManagedInstances,
  TaskDefinitionManagedNeuronDevices,
  TaskDefinitionNeuronDevices,
} from '../../src';
import { newStack, newStackWithVpc, synth, warnings } from '../support';

const image = ecs.ContainerImage.fromRegistry('model');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'model' });
const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-group': 'models' } };
const compatibility = ecs.Compatibility.MANAGED_INSTANCES;
const devices = new TaskDefinitionManagedNeuronDevices();

const taskOf = (stack: Stack) => Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties;

type Container = ecs.CfnTaskDefinition.ContainerDefinitionProperty;
const model: Container = { name: 'model', image: 'model', logConfiguration, memory: 512 };
const ALL = [{ type: 'NeuronDevice', value: 'ALL' }];

/** A task definition as someone wrote it by hand. */
function handWritten(stack: Stack, containers: Partial<Container>[], task: Partial<ecs.CfnTaskDefinitionProps> = {}) {
  return new ecs.CfnTaskDefinition(stack, 'Task', {
    requiresCompatibilities: ['MANAGED_INSTANCES'],
    networkMode: 'awsvpc',
    containerDefinitions: containers.map((container) => ({ ...model, ...container })),
    ...task,
  });
}

describe('TaskDefinitionManagedNeuronDevices', () => {
  test('gives the devices to an existing L2, also when its containers come later', () => {
    const stack = newStack();
    const task = new ecs.TaskDefinition(stack, 'Task', { compatibility });
    expect(task.with(devices)).toBe(task);
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512, environment: { MODEL: 'bert' } });
    task.addContainer('Sidecar', { image, logging, memoryLimitMiB: 64 });
    const [main, sidecar] = taskOf(stack).ContainerDefinitions;
    expect(main.ResourceRequirements).toEqual([{ Type: 'NeuronDevice', Value: 'ALL' }]);
    expect(main.Environment).toEqual([{ Name: 'MODEL', Value: 'bert' }]);
    expect(sidecar.ResourceRequirements).toBeUndefined();
    expect(warnings(stack)).toEqual([]);
  });

  test('gives them to the named container of an existing L1', () => {
    const stack = newStack();
    handWritten(stack, [{ name: 'side' }, {}]).with(new TaskDefinitionManagedNeuronDevices({ containerName: 'model' }));
    const [side, main] = taskOf(stack).ContainerDefinitions;
    expect(side.ResourceRequirements).toBeUndefined();
    expect(main.ResourceRequirements).toEqual([{ Type: 'NeuronDevice', Value: 'ALL' }]);
  });

  test('says it once where it is said already', () => {
    const stack = newStack();
    handWritten(stack, [{ resourceRequirements: ALL }]).with(devices);
    expect(taskOf(stack).ContainerDefinitions[0].ResourceRequirements).toHaveLength(1);
  });

  test('configures logical cores', () => {
    const stack = newStack();
    const mixin = new TaskDefinitionManagedNeuronDevices({ logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_2 });
    handWritten(stack, [{ environment: [{ name: 'A', value: 'b' }] }]).with(mixin);
    expect(taskOf(stack).ContainerDefinitions[0].Environment).toEqual([
      { Name: 'A', Value: 'b' },
      { Name: 'NEURON_LOGICAL_NC_CONFIG', Value: '2' },
    ]);
  });

  test('leaves other constructs alone', () => {
    expect(devices.supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
  });

  const neuron0 = { linuxParameters: { devices: [{ hostPath: '/dev/neuron0' }] } };
  const sideRequests = { name: 'side', resourceRequirements: ALL };
  const logicalCores = new TaskDefinitionManagedNeuronDevices({ logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 });
  test.each<[string, Partial<Container>[], Partial<ecs.CfnTaskDefinitionProps>, IMixin, RegExp]>([
    [
      'devices mapped by path too',
      [neuron0],
      {},
      devices,
      /Container model maps Neuron devices .*but `resourceRequirements` give all of them to model/,
    ],
    ['devices mapped into another container', [{}, { name: 'side', ...neuron0 }], {}, devices, /Container side maps Neuron devices/],
    ['two containers', [{}, sideRequests], {}, devices, /At most one container can request NeuronDevice .*got: model, side/],
    [
      'some of the devices',
      [{ resourceRequirements: [{ type: 'NeuronDevice', value: '2' }] }],
      {},
      devices,
      /NeuronDevice in `resourceRequirements` of container model must be ALL, got: 2/,
    ],
    [
      'EC2',
      [{}],
      { requiresCompatibilities: ['EC2'] },
      devices,
      /`requiresCompatibilities` must be MANAGED_INSTANCES alone .*got: EC2. On EC2, map them with `TaskDefinitionNeuronDevices`/,
    ],
    ['EC2 too', [{}], { requiresCompatibilities: ['EC2', 'MANAGED_INSTANCES'] }, devices, /alone .*got: EC2, MANAGED_INSTANCES/],
    ['nothing to be compatible with', [{}], { requiresCompatibilities: [] }, devices, /alone .*got: none/],
    [
      'the variable of the old hook',
      [{ environment: [{ name: 'AWS_NEURON_VISIBLE_DEVICES', value: 'ALL' }] }],
      {},
      devices,
      /must not set AWS_NEURON_VISIBLE_DEVICES/,
    ],
    [
      'logical cores twice',
      [{ environment: [{ name: 'NEURON_LOGICAL_NC_CONFIG', value: '2' }] }],
      {},
      logicalCores,
      /must not set NEURON_LOGICAL_NC_CONFIG: LNC_1 is set/,
    ],
    [
      'a container that is not there',
      [{}],
      {},
      new TaskDefinitionManagedNeuronDevices({ containerName: 'modle' }),
      /No container is called modle/,
    ],
  ])('%s is an error', (_, containers, task, mixin, message) => {
    const stack = newStack();
    handWritten(stack, containers, task).with(mixin);
    expect(() => synth(stack)).toThrow(message);
  });

  test.each([
    ['before', (task: ecs.CfnTaskDefinition, other: IMixin) => task.with(other).with(devices)],
    ['after', (task: ecs.CfnTaskDefinition, other: IMixin) => task.with(devices).with(other)],
  ])('TaskDefinitionNeuronDevices applied %s it is an error', (_, apply) => {
    const stack = newStack();
    apply(handWritten(stack, [{}]), new TaskDefinitionNeuronDevices({ instanceType: NeuronInstanceType.INF2_XLARGE }));
    expect(() => synth(stack)).toThrow(/cdk-ecs-ml:devices-one-way/);
  });

  test('the L2 for all kinds of capacity, which says none, is an error', () => {
    const stack = newStack();
    const task = new ecs.TaskDefinition(stack, 'Task', {
      compatibility: ecs.Compatibility.FARGATE_AND_EC2_AND_MANAGED_INSTANCES,
      networkMode: ecs.NetworkMode.AWS_VPC,
    });
    task.addContainer('Model', { image, logging, memoryLimitMiB: 512 });
    task.with(devices);
    expect(() => synth(stack)).toThrow(/must be MANAGED_INSTANCES alone .*got: none/);
  });

  test('a task definition that does not say what it is for is a warning', () => {
    const stack = newStack();
    handWritten(stack, [{}], { requiresCompatibilities: undefined }).with(devices);
    synth(stack);
    expect(warnings(stack)).toEqual([expect.stringContaining('cdk-ecs-ml:managed-devices-unsaid')]);
  });
});

describe('TaskDefinitionManagedInstances', () => {
  function onManaged() {
    const { stack, vpc } = newStackWithVpc();
    const instanceTypes = [NeuronInstanceType.INF2_8_XLARGE, NeuronInstanceType.INF2_XLARGE];
    return { stack, capacity: new NeuronManagedCapacity(stack, 'Managed', { vpc, instanceTypes }) };
  }

  test('prepares an existing L1, and keeps what it has', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{ memory: undefined, linuxParameters: { initProcessEnabled: true } }], {
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.cpu-architecture == x86_64' }],
    }).with(new TaskDefinitionManagedInstances({ capacity, sharedMemorySize: Size.mebibytes(256) }));
    const task = taskOf(stack);
    expect(task.PlacementConstraints.map(({ Expression }: { Expression: string }) => Expression)).toEqual([
      'attribute:ecs.cpu-architecture == x86_64',
      'attribute:ecs.instance-type in [inf2.8xlarge, inf2.xlarge]',
    ]);
    expect(task.ContainerDefinitions[0]).toMatchObject({
      MemoryReservation: 8192,
      LinuxParameters: { InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/dev/shm', Size: 256 }] },
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('prepares an existing L2 by the mixins of the capacity, which render its constraints once', () => {
    const { stack, capacity } = onManaged();
    const task = new ecs.TaskDefinition(stack, 'Task', { compatibility, placementConstraints: capacity.placementConstraints });
    task.addContainer('Model', { image, logging });
    for (const mixin of capacity.taskDefinitionMixins({ sharedMemorySize: Size.gibibytes(2) })) task.with(mixin);
    const rendered = taskOf(stack);
    expect(rendered.PlacementConstraints).toHaveLength(1);
    expect(rendered.ContainerDefinitions[0]).toMatchObject({
      ResourceRequirements: [{ Type: 'NeuronDevice', Value: 'ALL' }],
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/dev/shm', Size: 2048 }] },
    });
  });

  test('the container that the capacity is told of gets devices and memory', () => {
    const { stack, capacity } = onManaged();
    const task = handWritten(stack, [{ name: 'side' }, { memory: undefined }]);
    for (const mixin of capacity.taskDefinitionMixins({ containerName: 'model' })) task.with(mixin);
    const [side, main] = taskOf(stack).ContainerDefinitions;
    expect(side.LinuxParameters).toBeUndefined();
    expect(main).toMatchObject({ MemoryReservation: 8192 - 512, ResourceRequirements: [{ Type: 'NeuronDevice', Value: 'ALL' }] });
  });

  const dockerVolume = { name: 'v', dockerVolumeConfiguration: { scope: 'task' } };
  const windowsVolume = {
    name: 'v',
    fSxWindowsFileServerVolumeConfiguration: {
      fileSystemId: 'fs-0123456789abcdef0',
      rootDirectory: 'share',
      authorizationConfig: { credentialsParameter: 'arn:aws:ssm:us-east-1:111111111111:parameter/fsx', domain: 'example.com' },
    },
  };
  const proxyConfiguration = { type: 'APPMESH', containerName: 'model' };
  test.each<[string, Partial<Container>, Partial<ecs.CfnTaskDefinitionProps>, string]>([
    ['disableNetworking', { disableNetworking: true }, {}, 'container model'],
    ['dnsSearchDomains', { dnsSearchDomains: ['example.com'] }, {}, 'container model'],
    ['dnsServers', { dnsServers: ['10.0.0.2'] }, {}, 'container model'],
    ['dockerSecurityOptions', { dockerSecurityOptions: ['no-new-privileges'] }, {}, 'container model'],
    ['extraHosts', { extraHosts: [{ hostname: 'a', ipAddress: '10.0.0.3' }] }, {}, 'container model'],
    ['hostname', { hostname: 'model' }, {}, 'container model'],
    ['links', { links: ['side'] }, {}, 'container model'],
    [
      'inferenceAcceleratorResources',
      { resourceRequirements: [{ type: 'InferenceAccelerator', value: 'device_1' }] },
      {},
      'container model',
    ],
    ['maxSwap', { linuxParameters: { maxSwap: 512 } }, {}, 'container model'],
    ['sharedMemorySize', { linuxParameters: { sharedMemorySize: 64 } }, {}, 'container model'],
    ['swappiness', { linuxParameters: { swappiness: 10 } }, {}, 'container model'],
    ['ephemeralStorage', {}, { ephemeralStorage: { sizeInGiB: 30 } }, 'the task'],
    ['ipcMode', {}, { ipcMode: 'task' }, 'the task'],
    ['proxyConfiguration', {}, { proxyConfiguration }, 'the task'],
    ['dockerVolumeConfiguration', {}, { volumes: [dockerVolume] }, 'the task'],
    ['fSxWindowsFileServerVolumeConfiguration', {}, { volumes: [windowsVolume] }, 'the task'],
  ])('%s is an error', (prop, container, task, where) => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [container], task).with(new TaskDefinitionManagedInstances({ capacity }));
    expect(() => synth(stack)).toThrow(new RegExp(`\`${prop}\` of ${where} must be left out, because Managed Instances refuse it`));
  });

  test('bridge mode is an error', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{}], { networkMode: 'bridge' }).with(new TaskDefinitionManagedInstances({ capacity }));
    expect(() => synth(stack)).toThrow(/`networkMode` must be awsvpc or host on Managed Instances, got: bridge/);
  });

  test('no network mode is a warning', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{}], { networkMode: undefined }).with(new TaskDefinitionManagedInstances({ capacity }));
    synth(stack);
    expect(warnings(stack)).toEqual([expect.stringContaining('cdk-ecs-ml:managed-network-mode-unsaid')]);
  });

  test('a volume with a path on the host is a warning', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{}], { volumes: [{ name: 'v', host: { sourcePath: '/var/models' } }] }).with(
      new TaskDefinitionManagedInstances({ capacity }),
    );
    synth(stack);
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/Managed Instances may refuse `sourcePath` of the task.*cdk-ecs-ml:managed-disputes/),
    ]);
  });

  test('memory that no host has is an error that names all containers', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{ memory: 100_000 }, { name: 'side', memory: 50_000 }]).with(new TaskDefinitionManagedInstances({ capacity }));
    expect(() => synth(stack)).toThrow(/150000 MiB of memory in all: model \(100000\), side \(50000\), but inf2.8xlarge, the largest/);
  });

  test('one task a host on several instance types is an error', () => {
    const { capacity } = onManaged();
    expect(() => new TaskDefinitionManagedInstances({ capacity, oneTaskPerHost: true })).toThrow(
      /`oneTaskPerHost` needs a capacity of one instance type, got: inf2.8xlarge, inf2.xlarge/,
    );
  });

  test('a privileged container is a warning', () => {
    const { stack, capacity } = onManaged();
    handWritten(stack, [{ privileged: true }]).with(new TaskDefinitionManagedInstances({ capacity }));
    synth(stack);
    expect(warnings(stack)).toEqual([expect.stringContaining('cdk-ecs-ml:privileged-container')]);
  });
});
