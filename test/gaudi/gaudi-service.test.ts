import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Size, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GaudiCapacity, GaudiCapacityProps, GaudiInstanceType, GaudiMachineImage, GaudiService, GaudiServiceProps } from '../../src';
import { newStackWithVpc, synth, warnings } from '../support';

const ami = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
const machineImage = GaudiMachineImage.custom(ami);
const env = { account: '111111111111', region: 'us-east-1' };
const container: ecs.ContainerDefinitionOptions = { image: ecs.ContainerImage.fromRegistry('gaudi-server') };

function service(props: Partial<GaudiServiceProps> = {}) {
  const { stack, vpc } = newStackWithVpc({ env });
  return { stack, vpc, service: new GaudiService(stack, 'Bert', { vpc, machineImage, container, ...props }) };
}

function onPool(props: Partial<GaudiServiceProps> = {}, pool: Partial<GaudiCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc({ env });
  const capacity = new GaudiCapacity(stack, 'Pool', { vpc, machineImage, ...pool });
  return { stack, vpc, capacity, service: new GaudiService(stack, 'Bert', { capacity, container, ...props }) };
}

const theTask = (template: Template) => Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
const theService = (template: Template) => Object.values(template.findResources('AWS::ECS::Service'))[0].Properties;
const launchTemplateData = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;

describe('the short form', () => {
  const made = service();
  const template = synth(made.stack);
  const task = theTask(template);
  const [main] = task.ContainerDefinitions;

  test('gives the task the whole host: all chips, all cpu units and the memory that surely registers', () => {
    expect(main).toMatchObject({ Name: 'main', Cpu: 96 * 1024, MemoryReservation: Math.floor(768 * 1024 * 0.925) });
    expect(main.Environment).toEqual([
      { Name: 'HABANA_VISIBLE_DEVICES', Value: 'all' },
      { Name: 'OMPI_MCA_btl_vader_single_copy_mechanism', Value: 'none' },
    ]);
    expect([task.Cpu, task.Memory, main.Memory, main.Privileged]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('shares network and IPC with the host, and has SYS_NICE, as the vendor asks', () => {
    expect([task.NetworkMode, task.IpcMode]).toEqual(['host', 'host']);
    expect(main.LinuxParameters).toEqual({ Capabilities: { Add: ['SYS_NICE'] }, InitProcessEnabled: true });
    expect(theService(template).NetworkConfiguration).toBeUndefined();
  });

  test('is placed on its instance type', () => {
    expect(task.PlacementConstraints).toEqual([
      { Type: 'memberOf', Expression: 'attribute:ecs.os-type == linux' },
      { Type: 'memberOf', Expression: 'attribute:ecs.instance-type == dl1.24xlarge' },
    ]);
    expect(launchTemplateData(template).InstanceType).toBe('dl1.24xlarge');
    expect(launchTemplateData(template).ImageId).toBe('ami-0123456789abcdef0');
  });

  test('is healthy when hl-smi finds its chips', () => {
    expect(main.HealthCheck).toEqual({
      Command: ['CMD-SHELL', 'hl-smi || exit 1'],
      Interval: 30,
      Timeout: 30,
      Retries: 3,
      StartPeriod: 300,
    });
  });

  test('has room for a rolling update', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '0', MaxSize: '2' });
    expect(theService(template).DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 100, MaximumPercent: 200 });
  });

  test('warns of the generation of its chips, once', () => {
    expect(warnings(made.stack)).toEqual([
      expect.stringMatching(/dl1.24xlarge has first-generation Gaudi.*up to release 1.21, and not from 1.22 on.*cdk-ecs-ml:gaudi-software/),
    ]);
  });
});

test('the warning can be acknowledged on the service', () => {
  const { stack, service: bert } = service();
  Validations.of(bert).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'all of 1.21' });
  expect(warnings(stack)).toEqual([]);
});

test('a Region without the instance type is a warning', () => {
  const { stack, vpc } = newStackWithVpc({ env: { ...env, region: 'eu-west-1' } });
  const image = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' }));
  new GaudiService(stack, 'Bert', { vpc, machineImage: image, container });
  expect(warnings(stack)).toContainEqual(
    expect.stringContaining('dl1.24xlarge is publicly listed in us-east-1, us-west-2, but not in eu-west-1'),
  );
});

describe('the machine image', () => {
  test.each([
    ['a pool', () => onPool({}, { machineImage: undefined })],
    ['the short form', () => service({ machineImage: undefined })],
  ])('left out of %s is an error that explains the three ways', (_, make) => {
    expect(make).toThrow(
      /`machineImage` must be given.*GaudiMachineImage.marketplace\(image\).*GaudiMachineImage.withoutEcsAgent\(image\).*GaudiMachineImage.custom\(image\).*\[cdk-ecs-ml:gaudi-machine-image\]$/,
    );
  });

  test.each<[string, ec2.IMachineImage, RegExp]>([
    ['for ECS', ecs.EcsOptimizedImage.amazonLinux2023(), /is not for dl1.24xlarge: it has no Gaudi driver/],
    ['for Neuron', ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON), /it has no Gaudi driver/],
    ['for other machines', ec2.MachineImage.latestAmazonLinux2023(), /neither the Gaudi driver nor the ECS agent/],
  ])('%s is an error', (_, image, message) => {
    expect(() => onPool({}, { machineImage: GaudiMachineImage.marketplace(image) })).toThrow(message);
  });

  test('of the marketplace may come by its SSM parameter', () => {
    const image = ec2.MachineImage.fromSsmParameter('/aws/service/marketplace/prod-h24gzbgqu75zq/1.21');
    const { stack } = onPool({}, { machineImage: GaudiMachineImage.marketplace(image), rootDeviceName: '/dev/sda1' });
    const template = synth(stack);
    const data = launchTemplateData(template);
    expect(template.toJSON().Parameters[data.ImageId.Ref].Default).toBe('/aws/service/marketplace/prod-h24gzbgqu75zq/1.21');
    expect(data.BlockDeviceMappings[0].DeviceName).toBe('/dev/sda1');
  });
});

describe('wrong is', () => {
  test.each<[Partial<GaudiCapacityProps>, RegExp]>([
    [{ maxInstances: 0 }, /`maxInstances` must be a whole number, 1 or more/],
    [{ vpc: undefined }, /Give `vpc` to create a cluster/],
  ])('%j of a pool', (pool, message) => expect(() => onPool({}, pool)).toThrow(message));

  test.each<[Partial<GaudiServiceProps>, RegExp]>([
    [{ vpc: undefined }, /Give `capacity`, or `vpc`.*Missing: `vpc`/],
    [{ container: { ...container, cpu: 1024 } }, /`cpu` of the main container must be left out, got: 1024/],
    [{ container: { ...container, memoryLimitMiB: 768 * 1024 } }, /`memoryLimitMiB` of the main container must be at most the 727449 MiB/],
    [
      { container: { ...container, environment: { HABANA_VISIBLE_DEVICES: '0' } } },
      /must not set HABANA_VISIBLE_DEVICES: the library sets it to the chips that the task gets/,
    ],
    [{ networkMode: ecs.NetworkMode.NONE }, /`networkMode` must be awsvpc, bridge or host/],
  ])('%#: of a service', (props, message) => expect(() => service(props)).toThrow(message));

  test('shared memory, for tasks have that of the host', () => {
    const { stack } = service({ sharedMemorySize: Size.gibibytes(1) });
    expect(() => synth(stack)).toThrow(/`sharedMemorySize` has no effect with `ipcMode` host/);
  });

  test('a capacity and the short form', () => {
    expect(() => onPool({ machineImage, rootDeviceName: '/dev/sda1' })).toThrow(
      /Give `capacity` or `machineImage` and `rootDeviceName`, not both/,
    );
  });

  test('a device that is mapped by hand', () => {
    const { stack, capacity } = onPool();
    const linuxParameters = new ecs.LinuxParameters(stack, 'Linux');
    linuxParameters.addDevices({ hostPath: '/dev/accel/accel0' });
    expect(() => new GaudiService(stack, 'B', { capacity, container: { ...container, linuxParameters } })).toThrow(
      /must not map \/dev\/accel\/accel0/,
    );
  });
});

describe('a service may', () => {
  test('be in another network mode, and have a health check and memory of its own', () => {
    const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'], startPeriod: Duration.seconds(7) };
    const { stack } = service({
      networkMode: ecs.NetworkMode.AWS_VPC,
      container: { ...container, healthCheck, memoryLimitMiB: 4096, environment: { OMPI_MCA_btl_vader_single_copy_mechanism: 'cma' } },
    });
    const task = theTask(synth(stack));
    expect(task.NetworkMode).toBe('awsvpc');
    expect(task.ContainerDefinitions[0]).toMatchObject({
      Memory: 4096,
      HealthCheck: { Command: healthCheck.command, StartPeriod: 7 },
      Environment: [
        { Name: 'OMPI_MCA_btl_vader_single_copy_mechanism', Value: 'cma' },
        { Name: 'HABANA_VISIBLE_DEVICES', Value: 'all' },
      ],
    });
  });

  test('know its counts when it is deployed', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const capacity = new GaudiCapacity(stack, 'Pool', { vpc, machineImage, maxInstances: number });
    new GaudiService(stack, 'Bert', { capacity, container, desiredCount: number });
    const template = synth(stack);
    expect(theService(template).DesiredCount).toEqual({ Ref: 'Number' });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: { Ref: 'Number' } });
  });

  test('share a pool, which knows what it holds', () => {
    const { stack, capacity } = onPool({ desiredCount: 2 });
    new GaudiService(stack, 'Other', { capacity, container });
    expect(() => synth(stack as Stack)).toThrow(/The pool has 2 slices.*need at least 3: Stack\/Bert \(2\), Stack\/Other \(1\)/);
  });
});

test('an instance type that is not listed can be described, and a newer generation has no warning', () => {
  const instanceType = GaudiInstanceType.of('dl9.24xlarge', {
    vCpus: 128,
    memory: Size.gibibytes(1024),
    chips: 8,
    generation: 3,
    acceleratorMemoryPerChip: Size.gibibytes(128),
    networkInterfacesPerCard: 15,
    sources: ['https://example.com/dl9'],
  });
  const { stack } = onPool({}, { instanceType });
  expect(theTask(synth(stack)).ContainerDefinitions[0].Cpu).toBe(128 * 1024);
  expect(warnings(stack)).toEqual([]);
});
