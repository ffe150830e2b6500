import { aws_ec2 as ec2, aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IMixin } from 'constructs';
import {
  Ec2Capacity,
  ElasticInferenceAccelerator,
  FargateCapacity,
  GaudiInstanceType,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  TaskDefinitionEfa,
  TaskDefinitionGaudiDevices,
  TaskDefinitionInferenceAccelerators,
  TaskDefinitionManagedNeuronDevices,
  TaskDefinitionNeuronDevices,
  TaskDefinitionSlice,
} from '../../src';
import { container, newStackWithVpc } from '../support';

const { INF2_48_XLARGE, INF2_24_XLARGE, INF2_XLARGE, TRN1_32_XLARGE, TRN1_2_XLARGE } = NeuronInstanceType;
const image = ecs.ContainerImage.fromRegistry('side');
const synthesize = (stack: Stack) => Template.fromStack(stack);

interface Side {
  readonly devices?: string[];
  readonly environment?: Record<string, string>;
  readonly mounts?: string;
  readonly gpuCount?: number;
}

function addSide(task: ecs.TaskDefinition, { devices = [], mounts, ...options }: Side): void {
  const linuxParameters = new ecs.LinuxParameters(task, 'Linux');
  linuxParameters.addDevices(...devices.map((hostPath) => ({ hostPath })));
  const side = task.addContainer('side', { image, memoryReservationMiB: 64, essential: false, linuxParameters, ...options });
  if (!mounts) return;
  task.addVolume({ name: 'host', host: { sourcePath: mounts } });
  side.addMountPoints({ sourceVolume: 'host', containerPath: mounts, readOnly: false });
}

function service(pool: Partial<NeuronCapacityProps>, side: Side, environment: Record<string, string> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE, ...pool });
  const made = new NeuronService(stack, 'Service', {
    capacity: pool.partitions ? capacity.partition(1) : capacity,
    container: { ...container, environment },
  });
  addSide(made.taskDefinition, side);
  return stack;
}

describe('a sidecar', () => {
  const ways: [string, Side, RegExp][] = [
    ['maps Neuron devices', { devices: ['/dev/neuron8'] }, /Container side maps \/dev\/neuron8/],
    ['maps Gaudi devices', { devices: ['/dev/hl0'] }, /Container side maps \/dev\/hl0/],
    ['maps newer Gaudi devices', { devices: ['/dev/accel/accel0'] }, /Container side maps \/dev\/accel\/accel0/],
    ['maps EFA devices', { devices: ['/dev/infiniband/uverbs0'] }, /Container side maps \/dev\/infiniband/],
    ['mounts /dev', { mounts: '/dev' }, /Container side maps \/dev/],
    [
      'counts cores',
      { environment: { NEURON_RT_NUM_CORES: '1' } },
      /Container side sets NEURON_RT_NUM_CORES, but main has the Neuron devices/,
    ],
    ['names cores', { environment: { NEURON_RT_VISIBLE_CORES: '0' } }, /Container side sets NEURON_RT_VISIBLE_CORES/],
    ['asks the old hook', { environment: { AWS_NEURON_VISIBLE_DEVICES: 'ALL' } }, /Container side sets AWS_NEURON_VISIBLE_DEVICES/],
    ['names Gaudi chips', { environment: { HABANA_VISIBLE_DEVICES: 'all' } }, /Container side sets HABANA_VISIBLE_DEVICES/],
    ['requests a GPU', { gpuCount: 1 }, /Container side requests GPUs with `gpuCount`, but inf2.48xlarge has none/],
  ];

  test.each(ways)('that %s is an error in a slice, on a whole host and in a partition', (_, side, message) => {
    expect(() => synthesize(service({ tasksPerInstance: 12 }, side))).toThrow(message);
    expect(() => synthesize(service({}, side))).toThrow(message);
    expect(() => synthesize(service({ partitions: [8, 4] }, side))).toThrow(message);
  });

  test('that does none of this is fine', () => {
    expect(() => synthesize(service({}, { devices: ['/dev/fuse'], mounts: '/dev/shm', environment: { A: 'b' } }))).not.toThrow();
  });

  test('is an error on Managed Instances too', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [INF2_XLARGE] });
    const { taskDefinition } = new NeuronService(stack, 'Service', { capacity, container });
    addSide(taskDefinition, { environment: { NEURON_RT_NUM_CORES: '1' }, gpuCount: 1 });
    expect(() => synthesize(stack)).toThrow(/Container side requests GPUs[^]*Container side sets NEURON_RT_NUM_CORES/);
  });
});

describe('two models in one task', () => {
  const cores = (value: string) => ({ NEURON_RT_VISIBLE_CORES: value });
  const all = INF2_48_XLARGE.devicePaths;

  test('name different cores of a whole host or a partition', () => {
    expect(() => synthesize(service({}, { devices: all, environment: cores('12-23') }, cores('0-11')))).not.toThrow();
    const devices = all.slice(8);
    expect(() => synthesize(service({ partitions: [8, 4] }, { devices, environment: cores('4-7') }, cores('0-3')))).not.toThrow();
  });

  test.each<[string, Partial<NeuronCapacityProps>, Side, Record<string, string>, RegExp]>([
    [
      'the same cores',
      {},
      { devices: all, environment: cores('11-23') },
      cores('0-11'),
      /Containers main and side .* use the same Neuron cores/,
    ],
    [
      'cores of one only',
      {},
      { devices: all, environment: cores('12-23') },
      {},
      /Container side maps .*set NEURON_RT_VISIBLE_CORES of each container/,
    ],
    ['other first devices', {}, { devices: all.slice(6), environment: cores('0-3') }, cores('0-12'), /use the same Neuron cores/],
    [
      'chips of another partition',
      { partitions: [8, 4] },
      { devices: all.slice(7), environment: cores('4-7') },
      cores('0-3'),
      /not all of which belong to the partition/,
    ],
    ['a shared slice', { tasksPerInstance: 12 }, { devices: all, environment: cores('1') }, {}, /Container side maps/],
  ])('is an error with %s', (_, pool, side, environment, message) => {
    expect(() => synthesize(service(pool, side, environment))).toThrow(message);
  });

  test('of your own task definition have a mixin each, for different devices', () => {
    const task = (devices: number[]) => {
      const { stack } = newStackWithVpc();
      const definition = new ecs.Ec2TaskDefinition(stack, 'Task');
      definition.addContainer('a', { image, memoryLimitMiB: 64 });
      definition.addContainer('b', { image, memoryLimitMiB: 64 });
      const mixin = (containerName: string, of: number[]) =>
        new TaskDefinitionNeuronDevices({ instanceType: INF2_48_XLARGE, devices: of, containerName });
      definition.with(mixin('a', [0, 1]), mixin('b', devices));
      return stack;
    };
    expect(() => synthesize(task([2, 3]))).not.toThrow();
    expect(() => synthesize(task([1, 2]))).toThrow(/Containers a and b of one task use the same Neuron devices/);
  });
});

describe('mixins of a task definition', () => {
  const neuron = (instanceType = INF2_XLARGE, more = {}) => new TaskDefinitionNeuronDevices({ instanceType, ...more });
  const gaudi = () => new TaskDefinitionGaudiDevices({ instanceType: GaudiInstanceType.DL1_24_XLARGE });
  const efa = () => new TaskDefinitionEfa({ instanceType: TRN1_32_XLARGE });
  const inference = () => new TaskDefinitionInferenceAccelerators({ accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }] });
  const pool = (stack: Stack, props: Partial<NeuronCapacityProps> = {}) =>
    new NeuronCapacity(stack, 'Pool', { vpc: new ec2.Vpc(stack, 'V'), instanceType: INF2_24_XLARGE, ...props });

  function synthesizeWith(compatibility: ecs.Compatibility, mixins: (stack: Stack) => IMixin[]) {
    const { stack } = newStackWithVpc();
    const fargate = [ecs.Compatibility.FARGATE, ecs.Compatibility.EC2_AND_FARGATE].includes(compatibility);
    const size = fargate ? { cpu: '256', memoryMiB: '512' } : {};
    const task = new ecs.TaskDefinition(stack, 'Task', { compatibility, ...size });
    task.addContainer('main', { image, memoryReservationMiB: 64 });
    task.with(...mixins(stack));
    return () => synthesize(stack);
  }

  test.each<[string, ecs.Compatibility, (stack: Stack) => IMixin[], RegExp]>([
    [
      'Neuron on Fargate',
      ecs.Compatibility.FARGATE,
      () => [neuron()],
      /`TaskDefinitionNeuronDevices` works with EC2 .*compatible with FARGATE/,
    ],
    ['Gaudi on Fargate', ecs.Compatibility.FARGATE, () => [gaudi()], /`TaskDefinitionGaudiDevices` works with EC2/],
    ['EFA on Fargate', ecs.Compatibility.FARGATE, () => [efa()], /`TaskDefinitionEfa` works with EC2/],
    ['Neuron on EC2 and Fargate', ecs.Compatibility.EC2_AND_FARGATE, () => [neuron()], /compatible with FARGATE/],
    ['EFA on Managed Instances', ecs.Compatibility.MANAGED_INSTANCES, () => [efa()], /works with EC2, but .*MANAGED_INSTANCES/],
    ['two families', ecs.Compatibility.EC2, () => [neuron(), gaudi()], /is for Neuron and `TaskDefinitionGaudiDevices` for Gaudi/],
    [
      'Elastic Inference twice',
      ecs.Compatibility.EC2,
      () => [inference(), inference()],
      /`TaskDefinitionInferenceAccelerators` is applied twice/,
    ],
    ['Neuron twice', ecs.Compatibility.EC2, () => [neuron(), neuron()], /`TaskDefinitionNeuronDevices` is applied twice to container main/],
    ['EFA twice', ecs.Compatibility.EC2, () => [efa(), efa()], /`TaskDefinitionEfa` is applied twice/],
    [
      'two types',
      ecs.Compatibility.EC2,
      () => [neuron(TRN1_2_XLARGE), efa()],
      /is for trn1.2xlarge and `TaskDefinitionEfa` for trn1.32xlarge/,
    ],
    [
      'a slice of another type',
      ecs.Compatibility.EC2,
      (stack) => [neuron(), new TaskDefinitionSlice({ capacity: pool(stack) })],
      /is for inf2.xlarge and `TaskDefinitionSlice` for inf2.24xlarge/,
    ],
    [
      'all devices in a partition',
      ecs.Compatibility.EC2,
      (stack) => [neuron(INF2_24_XLARGE), new TaskDefinitionSlice({ capacity: pool(stack, { partitions: [2, 4] }).partition(0) })],
      /maps all devices, but the partition of `TaskDefinitionSlice` has 0, 1/,
    ],
    [
      'all cores in a shared slice',
      ecs.Compatibility.EC2,
      (stack) => [neuron(INF2_24_XLARGE), new TaskDefinitionSlice({ capacity: pool(stack, { tasksPerInstance: 6 }) })],
      /more than its share of a host/,
    ],
    [
      'devices in both ways, for two containers',
      ecs.Compatibility.MANAGED_INSTANCES,
      () => [new TaskDefinitionManagedNeuronDevices(), neuron()],
      /two ways/,
    ],
  ])('that contradict each other are an error: %s', (_, compatibility, mixins, message) => {
    expect(synthesizeWith(compatibility, mixins)).toThrow(message);
  });

  test('that agree are fine', () => {
    const mixins = (stack: Stack) => [
      neuron(INF2_24_XLARGE, { neuronCores: 2 }),
      new TaskDefinitionSlice({ capacity: pool(stack, { tasksPerInstance: 6 }) }),
    ];
    expect(synthesizeWith(ecs.Compatibility.EC2, mixins)).not.toThrow();
    expect(synthesizeWith(ecs.Compatibility.EC2, () => [neuron(TRN1_32_XLARGE), efa()])).not.toThrow();
  });

  test('a mixin that a service has already is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    const { taskDefinition } = new NeuronService(stack, 'Service', { vpc, instanceType: INF2_XLARGE, container });
    taskDefinition.with(neuron());
    expect(() => synthesize(stack)).toThrow(/`TaskDefinitionNeuronDevices` is applied twice to container main/);
  });
});

describe('gpuCount', () => {
  type Capacity = (stack: Stack, vpc: ec2.IVpc) => ICapacity;
  const onType =
    (type: string): Capacity =>
    (stack, vpc) =>
      new Ec2Capacity(stack, 'Pool', {
        vpc,
        instanceType: new ec2.InstanceType(type),
        machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
      });
  const run = (capacity: Capacity) => () => {
    const { stack, vpc } = newStackWithVpc();
    const limited = { ...container, memoryLimitMiB: 512, gpuCount: 1 };
    new MlRunTask(stack, 'Job', { capacity: capacity(stack, vpc), container: limited, timeout: Duration.hours(1) });
  };

  test.each<[string, Capacity]>([
    ['inf2.48xlarge', (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2_48_XLARGE })],
    ['a host with Neuron devices', (stack, vpc) => new NeuronManagedCapacity(stack, 'Pool', { vpc, instanceTypes: [INF2_XLARGE] })],
    ['Fargate', (stack, vpc) => new FargateCapacity(stack, 'Pool', { vpc })],
    ['c7i.large', onType('c7i.large')],
    ['g4ad.xlarge', onType('g4ad.xlarge')],
  ])('on %s is an error at construction', (where, capacity) => {
    expect(run(capacity)).toThrow(new RegExp(`Container main requests GPUs with \`gpuCount\`, but ${where} has none.*gpu-where-none`));
  });

  test('of a sidecar on Fargate is an error', () => {
    const { stack, vpc } = newStackWithVpc();
    const { taskDefinition } = new MlRunTask(stack, 'Job', { vpc, container, timeout: Duration.hours(1) });
    addSide(taskDefinition, { gpuCount: 1 });
    expect(() => synthesize(stack)).toThrow(/Container side requests GPUs with `gpuCount`, but Fargate has none/);
  });

  test.each(['g5.xlarge', 'p5.48xlarge', 'gr6.4xlarge'])('on a pool of %s is fine', (type) => expect(run(onType(type))).not.toThrow());
});
