import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Ec2Capacity, Ec2CapacityProps, PurchaseOption } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';

const image = ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.13');
const logging = ecs.LogDrivers.awsLogs({ streamPrefix: 'test' });

function pool(props: Partial<Ec2CapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.4xlarge'), ...props });
  return { stack, vpc, capacity };
}

/** A task definition that is prepared for a pool. */
function task({ stack, capacity }: ReturnType<typeof pool>, container: Partial<ecs.ContainerDefinitionOptions>, sharedMemorySize?: Size) {
  const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
  taskDefinition.addContainer('Main', { image, logging, memoryLimitMiB: 4096, ...container });
  for (const mixin of capacity.taskDefinitionMixins({ sharedMemorySize })) taskDefinition.with(mixin);
  return () => Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions[0];
}

const imageParameter = (template: Template) => {
  const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
  return template.toJSON().Parameters[Properties.LaunchTemplateData.ImageId.Ref].Default;
};

test('is a pool of the one type that scales from zero, and says nothing', () => {
  const { stack, capacity } = pool();
  const template = synth(stack);
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { InstanceType: 'c7i.4xlarge', MetadataOptions: { HttpTokens: 'required' } },
  });
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '0', MaxSize: '2' });
  expect(capacity.compatibility).toBe(ecs.Compatibility.EC2);
  expect(capacity.placementConstraints.map((constraint) => constraint.toJson()[0].expression)).toEqual([
    'attribute:ecs.os-type == linux',
    'attribute:ecs.instance-type == c7i.4xlarge',
  ]);
  expect(warnings(stack)).toEqual([]);
});

describe('machine image', () => {
  test.each([
    ['c7i.4xlarge', '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'],
    ['c7g.4xlarge', '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id'],
  ])('follows the architecture of %s', (name, parameter) => {
    expect(imageParameter(synth(pool({ instanceType: new ec2.InstanceType(name) }).stack))).toBe(parameter);
  });

  test('of Windows is an error', () => {
    const machineImage = ecs.EcsOptimizedImage.windows(ecs.WindowsOptimizedVersion.SERVER_2022);
    expect(() => pool({ machineImage })).toThrow(
      /^Stack\/Pool: `machineImage` for c7i.4xlarge must be a Linux image, got: Windows.*\[cdk-ecs-ml:linux-hosts\]$/,
    );
  });
});

test('an instance type that only the deployment knows works', () => {
  const { stack, vpc } = newStackWithVpc();
  const type = new CfnParameter(stack, 'Type', { default: 'c7i.large' }).valueAsString;
  new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType(type) });
  synth(stack).hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { InstanceType: { Ref: 'Type' } } });
});

test('a Capacity Block wants one zone, and nothing is said of where the type is sold in blocks', () => {
  const purchaseOption = PurchaseOption.capacityBlock({
    capacityReservationId: 'cr-0123456789abcdef0',
    endsAt: new Date('2031-01-31T11:30:00Z'),
  });
  expect(() => synth(pool({ purchaseOption, maxInstances: 2 }).stack)).toThrow(
    /must be in one. `purchaseOption`: a Capacity Block is in a single zone.*offers c7i.4xlarge/,
  );
  const { stack, vpc } = newStackWithVpc();
  const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
  new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('p5.48xlarge'), purchaseOption, maxInstances: 2, vpcSubnets });
  synth(stack).hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { InstanceMarketOptions: { MarketType: 'capacity-block' } },
  });
  expect(warnings(stack)).toEqual([]);
});

test('options of every pool are checked', () => {
  expect(() => pool({ maxInstances: 0 })).toThrow(/Stack\/Pool: `maxInstances` must be a whole number, 1 or more, got: 0/);
  expect(() => pool({ vpc: undefined })).toThrow(/Give `vpc` to create a cluster/);
});

describe('a task definition', () => {
  test('keeps its cpu and memory, and gets shared memory of a quarter', () => {
    const main = task(pool(), { cpu: 2048 })();
    expect(main).toMatchObject({ Cpu: 2048, Memory: 4096, LinuxParameters: { SharedMemorySize: 1024 } });
    expect(main.MemoryReservation).toBeUndefined();
  });

  test('gets at most 10 GiB of shared memory by default', () => {
    expect(task(pool(), { memoryLimitMiB: 100_000 })().LinuxParameters.SharedMemorySize).toBe(10_240);
  });

  test('gets the shared memory that it asks for', () => {
    expect(task(pool(), {}, Size.gibibytes(3))().LinuxParameters.SharedMemorySize).toBe(3072);
  });

  test('may know its memory only when it is deployed', () => {
    const made = pool();
    const memoryLimitMiB = new CfnParameter(made.stack, 'Memory', { type: 'Number' }).valueAsNumber;
    const main = task(made, { memoryLimitMiB })();
    expect(main.Memory).toEqual({ Ref: 'Memory' });
    expect(main.LinuxParameters).toBeUndefined();
  });

  test('with more shared memory than memory is an error', () => {
    expect(task(pool(), {}, Size.gibibytes(5))).toThrow(/`sharedMemorySize` must be at most 4096 MiB, the memory.*got: 5120 MiB/);
  });

  test('with shared memory given twice is an error', () => {
    const made = pool();
    const linuxParameters = new ecs.LinuxParameters(made.stack, 'Linux', { sharedMemorySize: 64 });
    expect(task(made, { linuxParameters }, Size.gibibytes(1))).toThrow(/`sharedMemorySize` is given twice/);
  });

  test('L1 without memory is an error', () => {
    const { stack, capacity } = pool();
    const taskDefinition = new ecs.CfnTaskDefinition(stack, 'L1', {
      containerDefinitions: [{ name: 'main', image: 'main', logConfiguration: { logDriver: 'json-file' } }],
    });
    for (const mixin of capacity.taskDefinitionMixins()) taskDefinition.with(mixin);
    expect(() => synth(stack)).toThrow(/Container main must have `memoryLimitMiB` or `memoryReservationMiB`/);
  });

  test('without the named container is an error', () => {
    const { stack, capacity } = pool();
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
    taskDefinition.addContainer('Main', { image, logging, memoryLimitMiB: 64 });
    for (const mixin of capacity.taskDefinitionMixins({ containerName: 'Mian' })) taskDefinition.with(mixin);
    expect(() => synth(stack)).toThrow(/No container is called Mian.*Its containers: Main/);
  });
});
