import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { aws_ec2 as ec2, aws_ecr_assets as assets, aws_ecs as ecs, CfnParameter, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Ec2Capacity,
  FargateCapacity,
  ICapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  TaskDefinitionNeuronDevices,
} from '../../src';
import { newApp, newStack, newStackWithVpc, warnings } from '../support';

const { LINUX_AMD64: AMD64, LINUX_ARM64: ARM64 } = assets.Platform;
const directory = mkdtempSync(join(tmpdir(), 'image-'));
writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs as on a machine of an architecture. */
function onMachine<T>(arch: string, run: () => T): T {
  const before = Object.getOwnPropertyDescriptor(process, 'arch') ?? {};
  Object.defineProperty(process, 'arch', { ...before, value: arch });
  try {
    return run();
  } finally {
    Object.defineProperty(process, 'arch', before);
  }
}

const asset = (platform?: assets.Platform) => ecs.ContainerImage.fromAsset(directory, { platform });
const instanceType = NeuronInstanceType.INF2_XLARGE;

const CAPACITIES: Record<string, { hosts: string; make: (stack: Stack, vpc: ec2.IVpc) => ICapacity }> = {
  pool: { hosts: 'inf2.xlarge', make: (stack, vpc) => new NeuronCapacity(stack, 'C', { vpc, instanceType }) },
  managed: { hosts: 'inf2.xlarge', make: (stack, vpc) => new NeuronManagedCapacity(stack, 'C', { vpc, instanceTypes: [instanceType] }) },
  ec2: { hosts: 'c7i.large', make: (stack, vpc) => new Ec2Capacity(stack, 'C', { vpc, instanceType: new ec2.InstanceType('c7i.large') }) },
  fargate: { hosts: 'Fargate', make: (stack, vpc) => new FargateCapacity(stack, 'C', { vpc }) },
};

function job(kind: string, image: ecs.ContainerImage) {
  const { stack, vpc } = newStackWithVpc();
  const memory = kind === 'ec2' ? { memoryReservationMiB: 1024 } : {};
  const capacity = CAPACITIES[kind].make(stack, vpc);
  return { stack, job: new MlRunTask(stack, 'Job', { capacity, container: { image, ...memory }, timeout: Duration.hours(1) }) };
}

describe.each(Object.entries(CAPACITIES))('a job on %s', (kind, { hosts }) => {
  test('fails with an image asset for arm64, named at synth', () => {
    expect(() => Template.fromStack(job(kind, asset(ARM64)).stack)).toThrow(
      `The image of container main has \`platform\` linux/arm64, but ${hosts} runs linux/amd64 images. Use \`platform: Platform.LINUX_AMD64\`. [cdk-ecs-ml:image-architecture]`,
    );
  });

  test('warns about an asset without a platform on an Arm machine only', () => {
    const said = (arch: string) =>
      onMachine(arch, () => warnings(job(kind, asset()).stack).filter((text) => text.includes('image-platform')));
    expect(said('x64')).toEqual([]);
    expect(said('arm64')).toEqual([
      expect.stringMatching(
        /^The image of container main has no `platform`, so this machine builds it for linux\/arm64, but .* Set `platform: /,
      ),
    ]);
  });

  test('passes with the platform of its hosts on any machine', () => {
    onMachine('arm64', () => expect(() => Template.fromStack(job(kind, asset(AMD64)).stack)).not.toThrow());
  });
});

test('Docker builds for the platform of DOCKER_DEFAULT_PLATFORM', () => {
  process.env.DOCKER_DEFAULT_PLATFORM = 'linux/amd64';
  try {
    const said = onMachine('arm64', () => warnings(job('pool', asset()).stack));
    expect(said.filter((text) => text.includes('platform'))).toEqual([]);
  } finally {
    delete process.env.DOCKER_DEFAULT_PLATFORM;
  }
});

test.each(['linux/arm64/v8', 'linux/arm/v7', 'windows/amd64'])('the platform %s fails on x86 hosts', (platform) => {
  expect(() => Template.fromStack(job('pool', asset(assets.Platform.custom(platform))).stack)).toThrow(`has \`platform\` ${platform}`);
});

test.each(['linux/amd64/v2', 'linux/arm64,linux/amd64'])('the platform %s passes on x86 hosts', (platform) => {
  expect(() => Template.fromStack(job('pool', asset(assets.Platform.custom(platform))).stack)).not.toThrow();
});

test('hosts with Arm processors take arm64 images only', () => {
  const on = (platform: assets.Platform) => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new Ec2Capacity(stack, 'Arm', { vpc, instanceType: new ec2.InstanceType('c7g.large') });
    const container = { image: asset(platform), memoryReservationMiB: 1024 };
    new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) });
    return stack;
  };
  expect(() => Template.fromStack(on(ARM64))).not.toThrow();
  expect(() => Template.fromStack(on(AMD64))).toThrow('c7g.large runs linux/arm64 images. Use `platform: Platform.LINUX_ARM64`');
});

test('hosts whose type only the deployment knows are not checked', () => {
  const { stack, vpc } = newStackWithVpc();
  const type = new CfnParameter(stack, 'Type');
  const capacity = new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType(type.valueAsString) });
  new MlRunTask(stack, 'Job', { capacity, container: { image: asset(ARM64), memoryReservationMiB: 1024 }, timeout: Duration.hours(1) });
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('sidecars are checked, also those with an asset of another stack', () => {
  const { stack, vpc } = newStackWithVpc();
  const service = new NeuronService(stack, 'Service', { vpc, instanceType, container: { image: asset(AMD64) } });
  const other = new assets.DockerImageAsset(new Stack(stack.node.root as ReturnType<typeof newApp>, 'Other'), 'Image', {
    directory,
    platform: ARM64,
  });
  service.taskDefinition.addContainer('Agent', { image: ecs.ContainerImage.fromDockerImageAsset(other), memoryReservationMiB: 64 });
  expect(() => Template.fromStack(stack)).toThrow('The image of container Agent has `platform` linux/arm64');
});

test('a service in a nested stack is checked', () => {
  const { stack, vpc } = newStackWithVpc();
  new NeuronService(new NestedStack(stack, 'Nested'), 'Service', { vpc, instanceType, container: { image: asset(ARM64) } });
  expect(() => Template.fromStack(stack)).toThrow('[cdk-ecs-ml:image-architecture]');
});

test('a mixin on a task definition of your own checks it', () => {
  const stack = newStack();
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  task.addContainer('Main', { image: asset(ARM64), memoryReservationMiB: 512 });
  task.with(new TaskDefinitionNeuronDevices({ instanceType }));
  expect(() => Template.fromStack(stack)).toThrow('[cdk-ecs-ml:image-architecture]');
});

test('a runtime platform of another architecture fails on a pool, and decides on Fargate', () => {
  const arm = { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' };
  const onArm = (kind: string, platform: assets.Platform) => {
    const made = job(kind, asset(platform));
    (made.job.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).runtimePlatform = arm;
    return made.stack;
  };
  expect(() => Template.fromStack(onArm('pool', AMD64))).toThrow(
    '`runtimePlatform` has the cpu architecture ARM64, but inf2.xlarge has X86_64',
  );
  expect(() => Template.fromStack(onArm('fargate', ARM64))).not.toThrow();
  expect(() => Template.fromStack(onArm('fargate', AMD64))).toThrow('Fargate runs linux/arm64 images');
});
