import { aws_ecs as ecs, Size } from 'aws-cdk-lib';
import {
  GaudiInstanceType,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronInstanceTypeAttributes,
  TaskDefinitionNeuronDevices,
} from '../../src';
import { newStackWithVpc } from '../support';

const { TRN1_32_XLARGE, TRN1_N_32_XLARGE, TRN2_48_XLARGE, TRN2_U_48_XLARGE, INF1_24_XLARGE, INF2_24_XLARGE, INF2_48_XLARGE } =
  NeuronInstanceType;
const TORI = [TRN1_32_XLARGE, TRN1_N_32_XLARGE, TRN2_48_XLARGE, TRN2_U_48_XLARGE];

const pool = (instanceType: NeuronInstanceType, props: Partial<NeuronCapacityProps>) => {
  const { stack, vpc } = newStackWithVpc();
  return new NeuronCapacity(stack, 'Pool', { vpc, instanceType, ...props });
};

describe.each(TORI)('%s, whose chips form a torus', (type) => {
  test.each([1, 2, 4, 16, 32])('%i tasks a host are fine', (tasksPerInstance) => {
    expect(pool(type, { tasksPerInstance }).tasksPerInstance).toBe(tasksPerInstance);
  });

  test('slices of 2 chips are an error that names what works', () => {
    expect(() => pool(type, { tasksPerInstance: 8 })).toThrow(
      /`tasksPerInstance` 8 gives each task 2 of the 16 chips of .*only sets of 1, 4, 8 or 16 of its chips .*Use 1, 2, 4 or 16, or 32.* \[cdk-ecs-ml:connected-chips\]/,
    );
  });

  test('an uneven count is not answered with one that does not work', () => {
    expect(() => pool(type, { tasksPerInstance: 5 })).toThrow(/must divide the 16 chips .*Use 1, 2, 4 or 16, or 32/);
  });

  test.each([[[8, 8]], [[8, 4, 4]], [[4, 4, 8]], [[4, 1, 1]], [[1, 1, 1, 1, 4]], [[16]]])('partitions %j are fine', (partitions) => {
    expect(pool(type, { partitions }).partitionSlices).toHaveLength(partitions.length);
  });

  test.each([
    [[3, 5, 8], /\[3, 5, 8\] give partition 0 chips 0 to 2 of .*Use partitions of these sizes, the largest first, for example \[8, 8\]/],
    [[4, 8, 4], /give partition 1 chips 4 to 11 of .*Use \[8, 4, 4\]/],
    [[1, 4], /give partition 1 chips 1 to 4 of .*Use \[4, 1\]/],
    [[8, 2], /give partition 1 chips 8 to 9/],
  ])('partitions %j are an error', (partitions, message) => {
    expect(() => pool(type, { partitions })).toThrow(message);
  });

  test('an imported pool follows the same rule', () => {
    const { stack, vpc } = newStackWithVpc();
    const attributes = {
      instanceType: type,
      cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
      capacityProviderName: 'pool',
      securityGroups: [],
    };
    const of = (more: object) => () => NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', { ...attributes, ...more });
    expect(of({ tasksPerInstance: 8 })).toThrow(/gives each task 2 of the 16 chips/);
    expect(of({ partitions: [4, 8] })).toThrow(/Use \[8, 4\]/);
  });

  test('so does the mixin', () => {
    const devices = (props: object) => () => new TaskDefinitionNeuronDevices({ instanceType: type, ...props });
    const chip = type.logicalNeuronCores() / type.chips;
    expect(devices({ devices: [0, 1] })).toThrow(/`devices` \[0, 1\] of .* are not a connected set.*Use for example \[0, 1, 2, 3\]/);
    expect(devices({ devices: [2, 3, 4, 5] })).toThrow(/are not a connected set/);
    expect(devices({ devices: [4, 5, 6, 7] })).not.toThrow();
    expect(devices({ neuronCores: 2 * chip })).toThrow(/`neuronCores` \d+ are 2 of the 16 chips .*Use at most/);
    expect(devices({ neuronCores: 4 * chip })).not.toThrow();
    expect(devices({ neuronCores: 1 })).not.toThrow();
  });
});

test.each([
  [INF1_24_XLARGE, 8, [3, 5, 8]],
  [INF2_48_XLARGE, 6, [5, 7]],
  [INF2_24_XLARGE, 2, [1, 2, 3]],
])('%s, whose chips form a ring, takes any contiguous chips', (type, tasksPerInstance, partitions) => {
  expect(() => pool(type, { tasksPerInstance })).not.toThrow();
  expect(() => pool(type, { partitions })).not.toThrow();
  expect(() => new TaskDefinitionNeuronDevices({ instanceType: type, devices: [1, 2] })).not.toThrow();
});

describe('a type that is not listed', () => {
  const facts: NeuronInstanceTypeAttributes = {
    vCpus: 64,
    memory: Size.gibibytes(512),
    chips: 8,
    neuronCoresPerChip: 2,
    acceleratorMemoryPerChip: Size.gibibytes(96),
    networkInterfacesPerCard: 8,
    sources: [],
  };

  test('has the sets that it is given, and any contiguous chips by default', () => {
    expect(() => pool(NeuronInstanceType.of('trn9.8xlarge', facts), { tasksPerInstance: 4 })).not.toThrow();
    expect(() => pool(NeuronInstanceType.of('trn9.8xlarge', { ...facts, chipSets: [1, 4, 8] }), { tasksPerInstance: 4 })).toThrow(
      /gives each task 2 of the 8 chips of trn9.8xlarge, but only sets of 1, 4 or 8 .*Use 1, 2 or 8, or 16/,
    );
  });

  test.each([[[]], [[0]], [[1.5]], [[16]]])('chipSets %j are an error', (chipSets) => {
    expect(() => NeuronInstanceType.of('trn9.8xlarge', { ...facts, chipSets })).toThrow(
      /^Instance type trn9.8xlarge: `chipSets` must be .*from 1 to 8/,
    );
    expect(() => GaudiInstanceType.of('dl9.8xlarge', { ...facts, generation: 2, chipSets })).toThrow(/`chipSets` must be/);
  });
});
