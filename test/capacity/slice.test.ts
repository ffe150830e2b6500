import { Size } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { LogicalNeuronCoreConfig, NeuronCapacity, NeuronInstanceType, NeuronService } from '../../src';
import { sliceOf } from '../../src/capacity/slices/slice';
import { connects } from '../../src/rules/topology-rules';
import { container, newStackWithVpc, synth } from '../support';

/** Every way to divide every host: all divisors of its chips, and of its cores above that. */
const divisions = NeuronInstanceType.list().flatMap((type) =>
  [LogicalNeuronCoreConfig.LNC_1, LogicalNeuronCoreConfig.LNC_2].flatMap((config) => {
    const cores = type.logicalNeuronCores(config);
    const counts = Array.from({ length: cores }, (_, i) => i + 1);
    return counts.filter((n) => (n <= type.chips ? type.chips % n === 0 : cores % n === 0)).map((n) => ({ type, config, cores, n }));
  }),
);

/** Those in which the chips of a task are connected with each other. */
const connected = divisions.filter(({ type, n }) => n > type.chips || connects(type, type.chips / n));

test.each(divisions)('$type in $n slices: n tasks fit, n + 1 never do', ({ type, n, cores }) => {
  const { cpuUnits, memory } = sliceOf(type, n);
  expect(n * cpuUnits).toBeLessThanOrEqual(type.vCpus * 1024);
  expect((n + 1) * cpuUnits).toBeGreaterThan(type.vCpus * 1024);
  expect(n * memory.toMebibytes()).toBeLessThanOrEqual(type.memory.toMebibytes() * 0.925);
  expect(Number.isInteger(cores / n)).toBe(true);
});

test('also where the share is no whole number of cpu units', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 512 }), fc.integer({ min: 1, max: 64 }), (vCpus, n) => {
      const type = NeuronInstanceType.of('trn9.xlarge', {
        vCpus,
        memory: Size.gibibytes(64),
        chips: 64,
        neuronCoresPerChip: 1,
        acceleratorMemoryPerChip: Size.gibibytes(1),
        networkInterfacesPerCard: 4,
        sources: ['https://example.com'],
      });
      const { cpuUnits, memory } = sliceOf(type, n);
      expect(n * cpuUnits).toBeLessThanOrEqual(vCpus * 1024);
      expect((n + 1) * cpuUnits).toBeGreaterThan(vCpus * 1024);
      expect(Number.isInteger(memory.toMebibytes())).toBe(true);
    }),
  );
});

test('a task takes exactly its slice, whatever its sidecars ask for', () => {
  const sidecar = fc.record({
    cpu: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
    memoryReservationMiB: fc.integer({ min: 6, max: 300 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...connected), fc.array(sidecar, { maxLength: 3 }), ({ type, config, cores, n }, sidecars) => {
      const { cpuUnits, memory } = sliceOf(type, n);
      const asked = (values: (number | undefined)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      fc.pre(asked(sidecars.map((s) => s.cpu)) <= cpuUnits - 2);
      fc.pre(asked(sidecars.map((s) => s.memoryReservationMiB)) <= memory.toMebibytes() - 6);

      const { stack, vpc } = newStackWithVpc();
      const capacity = new NeuronCapacity(stack, 'Pool', {
        vpc,
        instanceType: type,
        tasksPerInstance: n,
        logicalNeuronCoreConfig: type.hasLogicalNeuronCores ? config : undefined,
      });
      const service = new NeuronService(stack, 'Service', { capacity, container });
      sidecars.forEach((options, i) => service.taskDefinition.addContainer(`Sidecar${i}`, { image: container.image, ...options }));

      const [task] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
      const containers: {
        Cpu?: number;
        MemoryReservation: number;
        Environment?: { Name: string; Value: string }[];
        LinuxParameters?: { SharedMemorySize?: number };
      }[] = task.Properties.ContainerDefinitions;
      expect(asked(containers.map((c) => c.Cpu))).toBe(cpuUnits);
      const shm = containers.map((c) => c.LinuxParameters?.SharedMemorySize);
      expect(asked(containers.map((c) => c.MemoryReservation)) + asked(shm)).toBe(memory.toMebibytes());
      const share = containers[0].Environment?.find(({ Name }) => Name === 'NEURON_RT_NUM_CORES');
      expect(Number(share?.Value) * n).toBe(cores);
    }),
    { numRuns: 40 },
  );
});
