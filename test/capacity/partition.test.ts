import * as fc from 'fast-check';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from '../../src';
import { FIRST_RESERVED_PORT, partitionSlicesOf } from '../../src/capacity/slices/partition';
import { connects } from '../../src/rules/topology-rules';
import { container, newStackWithVpc, synth } from '../support';

/** Every way to divide the hosts of every type: chips are cut off until none, or as many as are left unused, remain. */
const divided = fc
  .constantFrom(...NeuronInstanceType.list())
  .chain((type) => fc.record({ type: fc.constant(type), wanted: fc.array(fc.integer({ min: 1, max: type.chips }), { minLength: 1 }) }))
  .map(({ type, wanted }) => ({
    type,
    partitions: wanted.reduce<number[]>((taken, count) => {
      const left = type.chips - taken.reduce((sum, n) => sum + n, 0);
      return left > 0 ? [...taken, Math.min(count, left)] : taken;
    }, []),
  }));

/** Those whose partitions are sets of connected chips. */
const connected = divided.filter(({ type, partitions }) => {
  let first = 0;
  return partitions.every((count) => connects(type, count, (first += count) - count));
});

interface TaskProperties {
  readonly ContainerDefinitions: {
    readonly Cpu: number;
    readonly MemoryReservation: number;
    readonly PortMappings: { HostPort: number; Protocol: string }[];
    readonly LinuxParameters: { Devices: { HostPath: string }[] };
  }[];
}

test('partitions are contiguous and disjoint, in order, and fit a host together', () => {
  fc.assert(
    fc.property(divided, fc.integer({ min: 2400, max: 32000 }), ({ type, partitions }, firstReservedPort) => {
      const slices = partitionSlicesOf(type, partitions, firstReservedPort);
      const chips = slices.flatMap((slice) => slice.chips!);
      expect(slices.map((slice) => slice.chips!.length)).toEqual(partitions);
      expect(chips).toEqual(Array.from({ length: chips.length }, (_, i) => i));
      expect(chips.length).toBeLessThanOrEqual(type.chips);
      expect(slices.flatMap((slice) => slice.hostPorts!)).toEqual(chips.map((chip) => firstReservedPort + chip));
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      expect(sum(slices.map((slice) => slice.cpuUnits))).toBeLessThanOrEqual(type.vCpus * 1024);
      expect(sum(slices.map((slice) => slice.memory.toMebibytes()))).toBeLessThanOrEqual(type.memory.toMebibytes() * 0.925);
    }),
    { numRuns: 500 },
  );
});

test('task definitions share a port of the host exactly when they share a chip', () => {
  fc.assert(
    fc.property(connected, fc.array(fc.nat(), { minLength: 2, maxLength: 4 }), ({ type, partitions }, picks) => {
      const { stack, vpc } = newStackWithVpc();
      const pool = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: type, partitions, maxInstances: 4 });
      picks.forEach((pick, i) => new NeuronService(stack, `S${i}`, { capacity: pool.partition(pick % partitions.length), container }));

      const tasks = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => {
        const [main] = (Properties as TaskProperties).ContainerDefinitions;
        return {
          chips: main.LinuxParameters.Devices.map(({ HostPath }) => HostPath),
          ports: main.PortMappings.filter(({ HostPort }) => HostPort >= FIRST_RESERVED_PORT).map((p) => `${p.HostPort}/${p.Protocol}`),
        };
      });
      expect(tasks).toHaveLength(picks.length);
      const overlap = (a: string[], b: string[]) => a.some((value) => b.includes(value));
      for (const a of tasks) {
        expect(a.ports).toHaveLength(a.chips.length);
        for (const b of tasks) expect(overlap(a.ports, b.ports)).toBe(overlap(a.chips, b.chips));
      }
    }),
    { numRuns: 20 },
  );
});
