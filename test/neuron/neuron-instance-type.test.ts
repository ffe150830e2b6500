import { _InstanceType as Ec2InstanceType } from '@aws-sdk/client-ec2';
import { Size } from 'aws-cdk-lib';
import { LogicalNeuronCoreConfig, ManagedInstancesSupport, NeuronInstanceType } from '../../src';

/** The table of the ECS page on Neuron, as published. */
const ECS_PAGE: Record<string, [vCpus: number, gib: number, chips: number]> = {
  'trn1.2xlarge': [8, 32, 1],
  'trn1.32xlarge': [128, 512, 16],
  'trn2.48xlarge': [192, 1536, 16],
  'inf1.xlarge': [4, 8, 1],
  'inf1.2xlarge': [8, 16, 1],
  'inf1.6xlarge': [24, 48, 4],
  'inf1.24xlarge': [96, 192, 16],
  'inf2.xlarge': [8, 16, 1],
  'inf2.8xlarge': [32, 64, 1],
  'inf2.24xlarge': [96, 384, 6],
  'inf2.48xlarge': [192, 768, 12],
};

/** Where that page is wrong: the EC2 table and newer copies of the page agree on these. */
const CORRECTIONS: typeof ECS_PAGE = {
  'inf2.xlarge': [4, 16, 1],
  'inf2.8xlarge': [32, 128, 1],
  // 1536 GiB is the memory of the chips, not of the host.
  'trn2.48xlarge': [192, 2048, 16],
};

/** Types that the SDK's list lacks, though public EC2 pages name them. */
const NOT_IN_SDK = ['trn2u.48xlarge'];

const types = NeuronInstanceType.list();
const byName = (name: string) => types.find((type) => type.name === name)!;

test.each(types.map((type) => type.name))("%s is a name in the SDK's own list, and has a static member", (name) => {
  const sdkNames: string[] = Object.values(Ec2InstanceType);
  expect(sdkNames.includes(name) || NOT_IN_SDK.includes(name)).toBe(true);
  expect(Object.values(NeuronInstanceType)).toContain(byName(name));
});

test("no Neuron instance type of the SDK's list is missing", () => {
  const sdk = Object.values(Ec2InstanceType).filter((name) => /^(inf|trn)\d/.test(name));
  expect(types.map((type) => type.name)).toEqual(expect.arrayContaining(sdk));
});

test.each(Object.keys(ECS_PAGE))('%s has the vCPU, memory and chips of the ECS page, corrected', (name) => {
  const type = byName(name);
  expect([type.vCpus, type.memory.toGibibytes(), type.chips]).toEqual(CORRECTIONS[name] ?? ECS_PAGE[name]);
});

test('each row names its accelerator as EC2 does', () => {
  const names = { inf1: 'inferentia', inf2: 'inferentia2', trn1: 'trainium', trn1n: 'trainium', trn2: 'trainium2', trn2u: 'trainium2' };
  for (const type of types) expect(type.acceleratorName).toBe(names[type.name.split('.')[0] as keyof typeof names]);
});

test.each(types)('$name: each row names its sources, and its device paths count its chips', (type) => {
  expect(type.sources.length).toBeGreaterThan(0);
  for (const source of type.sources) expect(source).toMatch(/^https:\/\//);
  expect(type.devicePaths).toEqual(Array.from({ length: type.chips }, (_, i) => `/dev/neuron${i}`));
});

test.each([
  // name, cores, logical cores at LNC 1 and 2, accelerator GiB, NVMe GiB, network cards, EFA, tasks with an ENI, Managed Instances
  ['inf1.xlarge', 4, 4, 4, 8, undefined, 1, 0, 3, 'UNSUPPORTED'],
  ['inf1.2xlarge', 4, 4, 4, 8, undefined, 1, 0, 3, 'UNSUPPORTED'],
  ['inf1.6xlarge', 16, 16, 16, 32, undefined, 1, 0, 7, 'UNSUPPORTED'],
  ['inf1.24xlarge', 64, 64, 64, 128, undefined, 1, 1, 10, 'UNSUPPORTED'],
  ['inf2.xlarge', 2, 2, 2, 32, undefined, 1, 0, 3, 'SUPPORTED'],
  ['inf2.8xlarge', 2, 2, 2, 32, undefined, 1, 0, 7, 'SUPPORTED'],
  ['inf2.24xlarge', 12, 12, 12, 192, undefined, 1, 0, 14, 'SUPPORTED'],
  ['inf2.48xlarge', 24, 24, 24, 384, undefined, 1, 0, 14, 'SUPPORTED'],
  ['trn1.2xlarge', 2, 2, 2, 32, 474, 1, 0, 3, 'SUPPORTED'],
  ['trn1.32xlarge', 32, 32, 32, 512, 7600, 8, 8, 39, 'SUPPORTED'],
  ['trn1n.32xlarge', 32, 32, 32, 512, 7600, 16, 16, 79, 'DISPUTED'],
  ['trn2.3xlarge', 8, 8, 4, 96, 470, 1, 1, 1, 'DISPUTED'],
  ['trn2.48xlarge', 128, 128, 64, 1536, 7600, 16, 16, 31, 'DISPUTED'],
  ['trn2u.48xlarge', 128, 128, 64, 1536, 7600, 16, 16, 31, 'DISPUTED'],
])('%s has the cores, memories and interfaces of the public tables', (name, ...facts) => {
  const type = byName(name);
  expect([
    type.neuronCores,
    type.logicalNeuronCores(LogicalNeuronCoreConfig.LNC_1),
    type.logicalNeuronCores(),
    type.acceleratorMemory.toGibibytes(),
    type.instanceStorage?.toGibibytes(),
    type.networkCards,
    type.efaInterfaces,
    type.maxAwsVpcTasks,
    type.managedInstances,
  ]).toEqual(facts);
});

describe('of', () => {
  const attributes = {
    vCpus: 16,
    memory: Size.gibibytes(64),
    chips: 2,
    neuronCoresPerChip: 4,
    acceleratorMemoryPerChip: Size.gibibytes(64),
    networkInterfacesPerCard: 8,
    sources: ['https://example.com/trn9'],
  };

  test('describes a type that is not listed yet', () => {
    const type = NeuronInstanceType.of('trn9.xlarge', attributes);
    expect(type.devicePaths).toEqual(['/dev/neuron0', '/dev/neuron1']);
    expect(type.neuronCores).toBe(8);
    expect(type.maxAwsVpcTasks).toBe(7);
    expect(type.managedInstances).toBe(ManagedInstancesSupport.DISPUTED);
    expect(type.toEc2InstanceType().toString()).toBe('trn9.xlarge');
  });

  test.each([
    ['Inf1.xlarge', {}, /`name` must be the API name of an instance type.*got: Inf1.xlarge.*lower case/],
    ['Trn9.xlarge', {}, /`name` must be the API name of an instance type.*got: Trn9.xlarge.*lower case/],
    ['trn9.xlarge', { chips: 0 }, /`chips` must be a positive whole number.*got: 0/],
    ['trn9.xlarge', { vCpus: 1.5 }, /`vCpus` must be a positive whole number.*got: 1.5/],
    ['trn9.xlarge', { neuronCoresPerChip: -1 }, /`neuronCoresPerChip` must be .*got: -1/],
  ])('refuses %s %j', (name, wrong, message) => {
    expect(() => NeuronInstanceType.of(name, { ...attributes, ...wrong })).toThrow(message);
  });
});
