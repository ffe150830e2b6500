import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { ElasticInferenceAccelerator, InferenceAcceleratorOptions, TaskDefinitionInferenceAccelerators } from '../../src';
import { newStack, synth, warnings } from '../support';

const image = ecs.ContainerImage.fromRegistry('model-server');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'test' });
const logConfiguration = { logDriver: 'json-file' };
const type = ElasticInferenceAccelerator.EIA2_MEDIUM;

const theTask = (stack: Stack) => Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties;

/** Types, as the page on Elastic Inference lists them: memory in GiB, FP32 and FP16 TFLOPS. */
test.each([
  ['eia1.medium', 1, 1, 8],
  ['eia1.large', 2, 2, 16],
  ['eia1.xlarge', 4, 4, 32],
  ['eia2.medium', 2, 1, 8],
  ['eia2.large', 4, 2, 16],
  ['eia2.xlarge', 8, 4, 32],
])('%s has %d GiB, and %d and %d TFLOPS', (name, gib, fp32, fp16) => {
  const found = ElasticInferenceAccelerator.fromName(name);
  expect([found.memory.toGibibytes(), found.fp32Teraflops, found.fp16Teraflops]).toEqual([gib, fp32, fp16]);
  expect(`${found}`).toBe(name);
  for (const source of found.sources) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});

let printed: jest.SpyInstance;
beforeEach(() => (printed = jest.spyOn(console, 'warn').mockImplementation()));
afterEach(() => printed.mockRestore());

test('works on an L1 that has requirements already, and warns once', () => {
  const stack = newStack();
  new ecs.CfnTaskDefinition(stack, 'Task', {
    requiresCompatibilities: ['EC2'],
    inferenceAccelerators: [{ deviceName: 'theirs', deviceType: 'eia1.large' }],
    containerDefinitions: [
      {
        ...{ name: 'model', image: 'model', logConfiguration, memory: 64 },
        resourceRequirements: [{ type: 'InferenceAccelerator', value: 'theirs' }],
      },
    ],
  }).with(new TaskDefinitionInferenceAccelerators({ accelerators: [{ type }] }));
  const task = theTask(stack);
  expect(task.InferenceAccelerators).toEqual([
    { DeviceName: 'theirs', DeviceType: 'eia1.large' },
    { DeviceName: 'eia_device1', DeviceType: 'eia2.medium' },
  ]);
  expect(task.ContainerDefinitions[0].ResourceRequirements).toEqual([
    { Type: 'InferenceAccelerator', Value: 'theirs' },
    { Type: 'InferenceAccelerator', Value: 'eia_device1' },
  ]);
  expect(warnings(stack)).toHaveLength(1);
});

test('gives accelerators to the named container of an L2 only, and prints nothing', () => {
  const stack = newStack();
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  task.with(new TaskDefinitionInferenceAccelerators({ accelerators: [{ type }], containerName: 'Model' }));
  task.addContainer('First', { image, logging, memoryLimitMiB: 64 });
  task.addContainer('Model', { image, logging, memoryLimitMiB: 64 });
  const [first, model] = theTask(stack).ContainerDefinitions;
  expect(first.ResourceRequirements).toBeUndefined();
  expect(model.ResourceRequirements).toEqual([{ Type: 'InferenceAccelerator', Value: 'eia_device1' }]);
  expect(printed).not.toHaveBeenCalled();
});

test.each<[InferenceAcceleratorOptions[], RegExp]>([
  [[], /`accelerators` must have at least one accelerator, got: \[\]/],
  [[{ type, deviceName: '' }], /`deviceName` of an accelerator must not be empty/],
  [
    [
      { type, deviceName: 'a' },
      { type, deviceName: 'a' },
    ],
    /`deviceName` must be unique for each accelerator of a task, got more than once: a/,
  ],
  [[{ type, deviceName: 'eia_device2' }, { type }], /got more than once: eia_device2/],
])('%#: wrong accelerators are an error', (accelerators, message) => {
  expect(() => new TaskDefinitionInferenceAccelerators({ accelerators })).toThrow(message);
});

describe('at synth it is an error', () => {
  const mixin = (props = {}) => new TaskDefinitionInferenceAccelerators({ accelerators: [{ type }], ...props });
  const l1 = (props: Partial<ecs.CfnTaskDefinitionProps>) => {
    const stack = newStack();
    const containerDefinitions = [{ name: 'model', image: 'model', logConfiguration, memory: 64 }];
    new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions, ...props }).with(mixin());
    return stack;
  };

  test.each<[string, Partial<ecs.CfnTaskDefinitionProps>, RegExp]>([
    ['Fargate', { requiresCompatibilities: ['EC2', 'FARGATE'] }, /can only run on EC2, got: EC2, FARGATE/],
    ['Managed Instances', { requiresCompatibilities: ['MANAGED_INSTANCES'] }, /can only run on EC2, got: MANAGED_INSTANCES/],
    ['Windows', { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } }, /must be Linux.*WINDOWS_SERVER_2022_CORE/],
    [
      'a name twice',
      { inferenceAccelerators: [{ deviceName: 'eia_device1', deviceType: 'eia1.large' }] },
      /got more than once: eia_device1/,
    ],
  ])('%s', (_, props, message) => expect(() => synth(l1(props))).toThrow(message));

  test('a container that does not exist', () => {
    const stack = newStack();
    const task = new ecs.Ec2TaskDefinition(stack, 'Task');
    task.addContainer('Model', { image, logging, memoryLimitMiB: 64 });
    task.with(mixin({ containerName: 'Modle' }));
    expect(() => synth(stack)).toThrow(/No container is called Modle.*Its containers: Model/);
  });
});

test('leaves other constructs alone', () => {
  const mixin = new TaskDefinitionInferenceAccelerators({ accelerators: [{ type }] });
  expect(mixin.supports(new ec2.Vpc(newStack(), 'Vpc'))).toBe(false);
});
