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

  test.each(['g4dn.xlarge', 'g5.xlarge', 'g6f.large', 'gr6.4xlarge', 'p5.48xlarge', 'p6-b200.48xlarge'])(
    'of %s, which has NVIDIA GPUs, is the GPU image, and says nothing',
    (name) => {
      const { stack } = pool({ instanceType: new ec2.InstanceType(name) });
      expect(imageParameter(synth(stack))).toBe('/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id');
      expect(warnings(stack)).toEqual([]);
    },
  );

  test.each([
    ['inf1.xlarge', 'NeuronCapacity'],
    ['inf2.xlarge', 'NeuronCapacity'],
    ['trn1n.32xlarge', 'NeuronCapacity'],
    ['trn2u.48xlarge', 'NeuronCapacity'],
    ['dl1.24xlarge', 'GaudiCapacity'],
  ])('of %s must be given, or the capacity of its family used', (name, family) => {
    expect(() => pool({ instanceType: new ec2.InstanceType(name) })).toThrow(
      new RegExp(`^Stack/Pool: ${name} has .* Use \`${family}\`\\. .* \\[cdk-ecs-ml:accelerator-image\\]$`),
    );
  });

  test.each(['g5g.xlarge', 'g4ad.xlarge', 'p2.xlarge', 'p6e-gb200.36xlarge', 'dl2q.24xlarge'])('of %s must be given', (name) => {
    expect(() => pool({ instanceType: new ec2.InstanceType(name) })).toThrow(/Set `machineImage` to an image .*accelerator-image\]$/);
  });

  test('given for Neuron chips warns that ECS does not count them', () => {
    const machineImage = ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON);
    const { stack } = pool({ instanceType: new ec2.InstanceType('inf2.xlarge'), machineImage });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/^ECS does not count the Neuron chips of inf2.xlarge .* Use `NeuronCapacity`\./),
    ]);
  });

  test('given for GPUs without their driver warns; any other image passes', () => {
    const instanceType = new ec2.InstanceType('g5.xlarge');
    const said = (machineImage: ec2.IMachineImage) => warnings(pool({ instanceType, machineImage }).stack);
    expect(said(ecs.EcsOptimizedImage.amazonLinux2023())).toEqual([
      expect.stringContaining('has no driver for the NVIDIA GPUs of g5.xlarge'),
    ]);
    expect(said(ec2.MachineImage.latestAmazonLinux2023())).toEqual([expect.stringContaining('has no driver for the NVIDIA GPUs')]);
    expect(said(ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU))).toEqual([]);
    expect(said(ec2.MachineImage.fromSsmParameter('/my/image'))).toEqual([]);
  });

  test('by default has no driver for FPGAs: a warning', () => {
    const { stack } = pool({ instanceType: new ec2.InstanceType('f2.6xlarge') });
    expect(warnings(stack)).toEqual([expect.stringContaining('no ECS-optimized image has a driver for them')]);
  });

  test('of Windows is an error', () => {
    const machineImage = ecs.EcsOptimizedImage.windows(ecs.WindowsOptimizedVersion.SERVER_2022);
    expect(() => pool({ machineImage })).toThrow(
      /^Stack\/Pool: `machineImage` for c7i.4xlarge must be a Linux image that runs user data as a shell script, got: Windows.*\[cdk-ecs-ml:linux-hosts\]$/,
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
