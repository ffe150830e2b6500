import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Lazy, Size, Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import {
  GaudiCapacity,
  GaudiMachineImage,
  ICapacity,
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronService,
} from '../../src';
import { mostReservedCpu } from '../../src/rules/reserve-rules';
import { container, newStack, newStackWithVpc, synth } from '../support';

const { stack: network, vpc } = newStackWithVpc();
const cluster = new ecs.Cluster(network, 'Cluster', { vpc });
const attributes = { cluster, capacityProviderName: 'provider' };
const { INF2_XLARGE, INF2_48_XLARGE } = NeuronInstanceType;

/** Every way to divide every host into equal slices. */
const divisions = NeuronInstanceType.list().flatMap((instanceType) =>
  Array.from({ length: instanceType.chips }, (_, i) => i + 1)
    .filter((tasksPerInstance) => instanceType.chips % tasksPerInstance === 0)
    .map((tasksPerInstance) => ({ instanceType, tasksPerInstance }))
    .filter((division) => accepts(division)),
);

function accepts(props: Omit<NeuronCapacityProps, 'vpc'>): boolean {
  try {
    imported(props);
    return true;
  } catch {
    return false; // The chips of some types do not work together in these numbers.
  }
}

function imported(props: Omit<NeuronCapacityProps, 'vpc'>) {
  return NeuronCapacity.fromNeuronCapacityAttributes(newStack(), 'Pool', { ...attributes, ...props });
}

describe('whatever a host keeps within the limits', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  test('its slices fit beside it, and one more slice never fits', () => {
    fc.assert(
      fc.property(fc.constantFrom(...divisions), part, part, ({ instanceType, tasksPerInstance }, cpuPart, memoryPart) => {
        const total = instanceType.registeredMemory.toMebibytes();
        const reservedCpu = Math.floor(cpuPart * mostReservedCpu({ instanceType, tasksPerInstance }));
        const reservedMemory = Math.floor(memoryPart * (total - 6 * tasksPerInstance));
        const { slice } = imported({ instanceType, tasksPerInstance, reservedCpu, reservedMemory: Size.mebibytes(reservedMemory) });

        expect(tasksPerInstance * slice.cpuUnits + reservedCpu).toBeLessThanOrEqual(instanceType.cpuUnits);
        expect((tasksPerInstance + 1) * slice.cpuUnits).toBeGreaterThan(instanceType.cpuUnits);
        expect(tasksPerInstance * slice.memory.toMebibytes() + reservedMemory).toBeLessThanOrEqual(total);
        expect(slice.memory.toMebibytes()).toBeGreaterThanOrEqual(6);
      }),
      { numRuns: 300 },
    );
  });

  test.each(divisions)('the limit of $instanceType in $tasksPerInstance slices is exact', ({ instanceType, tasksPerInstance }) => {
    const most = mostReservedCpu({ instanceType, tasksPerInstance });
    expect(() => imported({ instanceType, tasksPerInstance, reservedCpu: most })).not.toThrow();
    expect(() => imported({ instanceType, tasksPerInstance, reservedCpu: most + 1 })).toThrow(`at most ${most} of the`);
    // With one more unit for each slice, one more task would fit.
    const cpuUnits = Math.floor((instanceType.cpuUnits - most - tasksPerInstance) / tasksPerInstance);
    expect((tasksPerInstance + 1) * cpuUnits).toBeLessThanOrEqual(instanceType.cpuUnits);
  });

  test('its partitions fit beside it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        part,
        part,
        (partitions, cpuPart, memoryPart) => {
          fc.pre(partitions.reduce((a, b) => a + b) <= 12);
          const instanceType = INF2_48_XLARGE;
          const total = instanceType.registeredMemory.toMebibytes();
          const reservedCpu = Math.floor(cpuPart * mostReservedCpu({ instanceType, tasksPerInstance: 1, partitions }));
          const reservedMemory = Math.floor(memoryPart * (total - 12 * 6));
          const pool = imported({ instanceType, partitions, reservedCpu, reservedMemory: Size.mebibytes(reservedMemory) });
          const slices = partitions.map((_, index) => pool.partition(index).slice);

          expect(slices.reduce((sum, { cpuUnits }) => sum + cpuUnits, reservedCpu)).toBeLessThanOrEqual(instanceType.cpuUnits);
          expect(slices.reduce((sum, { memory }) => sum + memory.toMebibytes(), reservedMemory)).toBeLessThanOrEqual(total);
          for (const { cpuUnits, memory } of slices) {
            expect(cpuUnits).toBeGreaterThanOrEqual(128);
            expect(memory.toMebibytes()).toBeGreaterThanOrEqual(6);
          }
        },
      ),
    );
  });
});

interface Rendered {
  cpu: number;
  memoryReservation: number;
  linuxParameters?: { sharedMemorySize?: number };
}

function mainOn(capacity: ICapacity): Rendered {
  const stack = newStack();
  const task = new ecs.CfnTaskDefinition(stack, 'Task', {
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'main', image: 'model' }],
  });
  task.with(...capacity.taskDefinitionMixins());
  return (stack.resolve(task.containerDefinitions) as Rendered[])[0];
}

test('a task of a pool gets what its slice has', () => {
  const { stack, vpc: ownVpc } = newStackWithVpc();
  const capacity = new NeuronCapacity(stack, 'Pool', {
    vpc: ownVpc,
    instanceType: INF2_XLARGE,
    reservedCpu: 100,
    reservedMemory: Size.mebibytes(512),
  });
  new NeuronService(stack, 'Service', { capacity, container });
  const [task] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
  const [main] = task.Properties.ContainerDefinitions;
  expect(main.Cpu).toBe(4096 - 100);
  expect(main.MemoryReservation + main.LinuxParameters.SharedMemorySize).toBe(15155 - 512);
});

describe('the reserve counts for', () => {
  const reserve = { reservedCpu: 1000, reservedMemory: Size.gibibytes(1) };
  const cpuOf = (capacity: ICapacity) => mainOn(capacity).cpu;
  const memoryOf = (capacity: ICapacity) => {
    const { memoryReservation, linuxParameters } = mainOn(capacity);
    return memoryReservation + (linuxParameters?.sharedMemorySize ?? 0);
  };

  test('an imported Neuron pool', () => {
    const pool = imported({ instanceType: INF2_XLARGE, ...reserve });
    expect([cpuOf(pool), memoryOf(pool)]).toEqual([3096, 14131]);
  });

  test('partitions of an imported Neuron pool', () => {
    const pool = imported({ instanceType: INF2_48_XLARGE, partitions: [8, 4], ...reserve });
    const memory = INF2_48_XLARGE.registeredMemory.toMebibytes() - 1024;
    expect([cpuOf(pool.partition(0)), cpuOf(pool.partition(1))]).toEqual([
      Math.floor(((196608 - 1000) * 8) / 12),
      Math.floor((196608 - 1000) / 3),
    ]);
    expect(memoryOf(pool.partition(1))).toBe(Math.floor(memory / 3));
  });

  test('a Gaudi pool, an imported one, and its partitions', () => {
    const { stack, vpc: ownVpc } = newStackWithVpc();
    const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
    const pools = [
      new GaudiCapacity(stack, 'Pool', { vpc: ownVpc, machineImage, ...reserve }),
      GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Imported', { ...attributes, ...reserve }),
    ];
    for (const pool of pools) expect([cpuOf(pool), memoryOf(pool)]).toEqual([98304 - 1000, 727449 - 1024]);
    const halves = GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Halves', { ...attributes, partitions: [4, 4], ...reserve });
    expect(cpuOf(halves.partition(1))).toBe((98304 - 1000) / 2);
  });

  test('a strategy over pools that keep the same', () => {
    const stack = newStack();
    const pools = ['A', 'B'].map((id) => ({
      capacity: NeuronCapacity.fromNeuronCapacityAttributes(stack, id, {
        ...attributes,
        capacityProviderName: id,
        instanceType: INF2_XLARGE,
        maxInstances: 2,
        ...reserve,
      }),
    }));
    expect(cpuOf(new NeuronCapacityStrategy(stack, 'Strategy', { pools }))).toBe(3096);
  });
});

test.each([
  ['reservedCpu', { reservedCpu: 100 }, 'slices of 4096 cpu units and Stack/B has slices of 3996 cpu units'],
  ['reservedMemory', { reservedMemory: Size.mebibytes(155) }, 'slices of 15155 MiB and Stack/B has slices of 15000 MiB'],
])('pools of a strategy must keep the same %s', (prop, reserve, message) => {
  const stack = newStack();
  const pools = [{}, reserve].map((one, index) => ({
    capacity: NeuronCapacity.fromNeuronCapacityAttributes(stack, 'AB'[index], {
      ...attributes,
      capacityProviderName: 'AB'[index],
      instanceType: INF2_XLARGE,
      maxInstances: 2,
      ...one,
    }),
  }));
  const make = () => new NeuronCapacityStrategy(stack, 'Strategy', { pools });
  expect(make).toThrow(`\`pools\` must have the same \`${prop}\``);
  expect(make).toThrow(message);
});

describe('a reserve is refused', () => {
  const token = Lazy.number({ produce: () => 100 });
  test.each<[string, Partial<NeuronCapacityProps>, string]>([
    ['that makes room for one more task', { reservedCpu: 2048 }, 'at most 2047 of the 4096 cpu units of inf2.xlarge'],
    [
      'that makes room, and says why',
      { reservedCpu: 2048 },
      'because ECS would place 2 tasks on a host before its daemons are there, got: 2048',
    ],
    ['that is below 0', { reservedCpu: -1 }, '`reservedCpu` must be a whole number, 0 or more, got: -1.'],
    ['that is not a whole number', { reservedCpu: 0.5 }, '`reservedCpu` must be a whole number, 0 or more, got: 0.5.'],
    ['that is not a number', { reservedCpu: NaN }, '`reservedCpu` must be a number, got: NaN.'],
    [
      'that is known at deployment',
      { reservedCpu: token },
      '`reservedCpu` must be known at synth, because slices are computed from what is left.',
    ],
    ['of all memory', { reservedMemory: Size.mebibytes(15150) }, '`reservedMemory` must be at most 15149 MiB on inf2.xlarge'],
    ['of part of a MiB', { reservedMemory: Size.kibibytes(1500) }, '`reservedMemory` must be a whole number of MiB, got: 1500 KiB.'],
    ['of memory that is known at deployment', { reservedMemory: Size.mebibytes(token) }, '`reservedMemory` must be known at synth'],
    ['as text', { reservedCpu: '100' as unknown as number }, '`reservedCpu` must be a number'],
  ])('%s', (_, props, message) => {
    expect(() => imported({ instanceType: INF2_XLARGE, ...props })).toThrow(message);
    const { stack, vpc: ownVpc } = newStackWithVpc();
    expect(() => new NeuronCapacity(stack, 'Pool', { vpc: ownVpc, instanceType: INF2_XLARGE, ...props })).toThrow(message);
  });

  test('that leaves nothing to the smallest partition', () => {
    const most = 196608 - 128 * 12;
    const props = { instanceType: INF2_48_XLARGE, partitions: [8, 1] };
    expect(() => imported({ ...props, reservedCpu: most })).not.toThrow();
    expect(() => imported({ ...props, reservedCpu: most + 1 })).toThrow(
      `at most ${most} of the 196608 cpu units of inf2.48xlarge with \`partitions\` [8, 1], so that each partition has 128 cpu units`,
    );
  });

  test('with its rule', () => {
    expect(() => imported({ instanceType: INF2_XLARGE, reservedCpu: 4096 })).toThrow('[cdk-ecs-ml:host-reserve]');
  });

  test('that is a parameter', () => {
    const stack = newStack();
    const parameter = new CfnParameter(stack, 'Reserve', { type: 'Number' });
    const make = () =>
      NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
        ...attributes,
        instanceType: INF2_XLARGE,
        reservedCpu: Token.asNumber(parameter.value),
      });
    expect(make).toThrow('`reservedCpu` must be known at synth');
  });
});

test('with logical cores, too, one more slice never fits', () => {
  const pool = NeuronCapacity.fromNeuronCapacityAttributes(newStack(), 'Pool', {
    ...attributes,
    instanceType: NeuronInstanceType.TRN2_48_XLARGE,
    logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1,
    tasksPerInstance: 16,
    reservedCpu: 2000,
  });
  expect(pool.slice.cpuUnits).toBe(Math.floor((192 * 1024 - 2000) / 16));
});
