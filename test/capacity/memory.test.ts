import { aws_ecs as ecs, CfnParameter, Lazy, Size, Stack } from 'aws-cdk-lib';
import {
  GaudiCapacity,
  GaudiInstanceType,
  ICapacity,
  LogicalNeuronCoreConfig,
  ManagedInstancesSupport,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
} from '../../src';
import { connects } from '../../src/rules/topology-rules';
import { newStack, newStackWithVpc } from '../support';

type Container = Partial<ecs.CfnTaskDefinition.ContainerDefinitionProperty>;
interface Rendered {
  memory?: number;
  memoryReservation?: number;
  linuxParameters?: { sharedMemorySize?: number; tmpfs?: { size: number }[] };
}

const { stack: network, vpc } = newStackWithVpc();
const cluster = new ecs.Cluster(network, 'Cluster', { vpc });
const attributes = { cluster, capacityProviderName: 'provider' };

/** A task definition on a capacity: what it renders, and the errors about it. */
function taskOn(capacity: ICapacity, containers: Container[], options: { shm?: Size; memory?: string } = {}) {
  const stack = newStack();
  const task = new ecs.CfnTaskDefinition(stack, 'Task', {
    memory: options.memory,
    requiresCompatibilities: capacity.compatibility === ecs.Compatibility.MANAGED_INSTANCES ? ['MANAGED_INSTANCES'] : ['EC2'],
    networkMode: capacity.compatibility === ecs.Compatibility.MANAGED_INSTANCES ? 'awsvpc' : 'bridge',
    containerDefinitions: containers.map((container, index) => ({ name: `c${index}`, image: 'model', ...container })),
  });
  task.with(...capacity.taskDefinitionMixins({ sharedMemorySize: options.shm }));
  const rendered: Rendered[] = Stack.of(task).resolve(task.containerDefinitions);
  return { task, rendered, errors: task.node.validate() };
}

function extraOf({ linuxParameters: { sharedMemorySize = 0, tmpfs = [] } = {} }: Rendered): number {
  return tmpfs.reduce((sum, { size }) => sum + size, sharedMemorySize);
}

/** What the containers take from a host if ECS counts `/dev/shm` and tmpfs in addition to reserved memory. */
function takenBy(containers: Rendered[]): number {
  return containers.reduce((sum, c) => sum + (c.memoryReservation ?? c.memory ?? NaN) + extraOf(c), 0);
}

const tmpfs = [{ containerPath: '/scratch', size: 50 }];
const layouts: Record<string, Container[]> = {
  'no sidecar': [{}],
  'two sidecars': [{}, { memoryReservation: 100, memory: 900 }, { memory: 64 }],
  'sidecars with tmpfs': [{}, { memory: 64, linuxParameters: { tmpfs } }],
  'a main container with tmpfs': [{ linuxParameters: { tmpfs } }, { memory: 64 }],
  'a main container with /dev/shm': [{ linuxParameters: { sharedMemorySize: 100 } }],
  'a main container with memory': [{ memory: 300 }, { memory: 64 }],
};

describe.each(Object.entries(layouts))('with %s', (name, containers) => {
  // Managed Instances refuse `sharedMemorySize`.
  const onManaged =
    name === 'a main container with /dev/shm' ? [{ linuxParameters: { tmpfs: [{ containerPath: '/dev/shm', size: 100 }] } }] : containers;

  test.each(NeuronInstanceType.list())('all slices of a host of type $name fit', (instanceType) => {
    for (const config of instanceType.hasLogicalNeuronCores
      ? [LogicalNeuronCoreConfig.LNC_1, LogicalNeuronCoreConfig.LNC_2]
      : [undefined]) {
      const cores = instanceType.logicalNeuronCores(config);
      for (let n = 1; n <= cores; n++) {
        if ((n <= instanceType.chips ? instanceType.chips : cores) % n !== 0) continue;
        if (n < instanceType.chips && !connects(instanceType, instanceType.chips / n)) continue;
        const stack = newStack();
        const pool = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
          ...attributes,
          instanceType,
          tasksPerInstance: n,
          logicalNeuronCoreConfig: config,
        });
        const { rendered, errors } = taskOn(pool, containers);
        expect(errors).toEqual([]);
        expect(n * takenBy(rendered)).toBeLessThanOrEqual(instanceType.registeredMemory.toMebibytes());
      }
    }
  });

  test.each(NeuronInstanceType.list().filter(({ chips }) => chips > 1))('all partitions of a host of type $name fit', (instanceType) => {
    for (const partitions of [[1], [1, instanceType.chips - 1].map((count) => Math.max(1, count))]) {
      const stack = newStack();
      let pool;
      try {
        pool = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', { ...attributes, instanceType, partitions });
      } catch {
        continue; // The chips of some types do not work together in these numbers.
      }
      const taken = partitions.map((_, index) => takenBy(taskOn(pool.partition(index), containers).rendered));
      expect(taken.reduce((a, b) => a + b)).toBeLessThanOrEqual(instanceType.registeredMemory.toMebibytes());
    }
  });

  test.each(GaudiInstanceType.list())('the task of a host of type $name fits', (instanceType) => {
    const stack = newStack();
    const pool = GaudiCapacity.fromGaudiCapacityAttributes(stack, 'Pool', { ...attributes, instanceType });
    expect(takenBy(taskOn(pool, containers).rendered)).toBeLessThanOrEqual(instanceType.registeredMemory.toMebibytes());
  });

  const managed = NeuronInstanceType.list().filter(({ managedInstances }) => managedInstances !== ManagedInstancesSupport.UNSUPPORTED);
  test.each(managed)('the task of a Managed Instance of type $name fits', (instanceType) => {
    const stack = newStack();
    const capacity = NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(stack, 'Managed', {
      ...attributes,
      instanceTypes: [instanceType],
    });
    const room = instanceType.registeredMemory.toMebibytes();
    expect(takenBy(taskOn(capacity, onManaged).rendered)).toBeLessThanOrEqual(room);
    const whole = taskOn(capacity, onManaged, { memory: `${room - 200}` }).rendered;
    expect(whole.map(extraOf).reduce((a, b) => a + b)).toBeLessThanOrEqual(200);
  });
});

describe('inf2.xlarge', () => {
  const instanceType = NeuronInstanceType.INF2_XLARGE;
  const pool = () => NeuronCapacity.fromNeuronCapacityAttributes(newStack(), 'Pool', { ...attributes, instanceType });
  const managed = (...instanceTypes: NeuronInstanceType[]) =>
    NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(newStack(), 'Managed', { ...attributes, instanceTypes });

  test('/dev/shm is part of the 15155 MiB that a host registers', () => {
    const [main] = taskOn(pool(), [{}]).rendered;
    expect(main.linuxParameters?.sharedMemorySize).toBe(3788);
    expect(main.memoryReservation).toBe(15155 - 3788);
  });

  test('the size of /dev/shm that is given leaves less for the container', () => {
    expect(taskOn(pool(), [{}], { shm: Size.gibibytes(8) }).rendered[0].memoryReservation).toBe(15155 - 8192);
  });

  test('a container with its own memory gets what is left as /dev/shm', () => {
    expect(taskOn(pool(), [{ memory: 15000 }]).rendered[0].linuxParameters?.sharedMemorySize).toBe(155);
    expect(taskOn(pool(), [{ memoryReservation: 15155 }]).rendered[0].linuxParameters?.sharedMemorySize).toBeUndefined();
  });

  test('memory that is known at synth is subtracted, also if it is lazy', () => {
    const lazy = Lazy.number({ produce: () => 1000 });
    const { rendered, errors } = taskOn(pool(), [{}, { memory: lazy }]);
    expect(takenBy(rendered)).toBe(15155);
    expect(errors).toEqual([]);
  });

  test('memory that is only known at deployment is an error, which a memory of the main container avoids', () => {
    const stack = newStack();
    const memory = new CfnParameter(stack, 'Memory', { type: 'Number' }).valueAsNumber;
    for (const sidecar of [
      { memory },
      { memory: 64, linuxParameters: { tmpfs: [{ containerPath: '/x', size: memory }] } },
      { memory: 64, linuxParameters: { sharedMemorySize: memory } },
    ]) {
      expect(taskOn(pool(), [{}, sidecar]).errors.join()).toMatch(
        /memory of container c1, .*must be known at synth, because c0 gets.*give c0 its own `memoryReservationMiB`.*container-memory-known/,
      );
      const own = taskOn(pool(), [{ memoryReservation: 4000 }, sidecar]);
      expect(own.errors).toEqual([]);
      expect(JSON.stringify(own.task.node.metadata)).toMatch(/memory of container c1 is not known at synth.*memory-not-checked/);
    }
    expect(taskOn(managed(instanceType), [{}, { memory }]).errors.join()).toMatch(/container-memory-known/);
    expect(taskOn(pool(), [{}], { shm: Size.mebibytes(memory) }).errors.join()).toMatch(/container c0.*container-memory-known/);
  });

  test('too much memory is an error that counts /dev/shm and tmpfs', () => {
    expect(taskOn(pool(), [{ memoryReservation: 12000 }], { shm: Size.gibibytes(4) }).errors.join()).toMatch(
      /needs 16096 MiB of memory: 12000 for itself, and 4096 for \/dev\/shm and tmpfs.*slice has 15155 MiB/,
    );
    expect(taskOn(pool(), [{ memory: 12000 }, { memory: 3200, linuxParameters: { tmpfs } }]).errors.join()).toMatch(
      /need 15250 MiB of memory: c0 \(12000\), c1 \(3200 \+ 50 of \/dev\/shm and tmpfs\).*15155 MiB/,
    );
    expect(taskOn(managed(instanceType), [{ memory: 12000 }], { shm: Size.gibibytes(4) }).errors.join()).toMatch(/asks for 16096 MiB/);
    expect(taskOn(managed(instanceType), [{}], { memory: '12000', shm: Size.gibibytes(4) }).errors.join()).toMatch(
      /`taskMemory` \(12000\), and 4096 for \/dev\/shm and tmpfs/,
    );
  });

  test('a task with memory of its own divides that memory', () => {
    const { rendered, errors } = taskOn(pool(), [{}, { memory: 1000 }], { memory: '8192' });
    expect(takenBy(rendered)).toBe(8192);
    expect(errors).toEqual([]);
    expect(taskOn(pool(), [{ memory: 8000 }, { memory: 1000 }], { memory: '8192' }).errors.join()).toMatch(/The task has 8192 MiB/);
  });

  test('on several types of Managed Instances, a task fits wherever ECS places it', () => {
    const [main] = taskOn(managed(instanceType, NeuronInstanceType.INF2_8_XLARGE), [{ memory: 15000 }]).rendered;
    expect(extraOf(main)).toBe(155);
  });
});
