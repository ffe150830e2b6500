import { Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';
import { checkHostPorts } from './slice-rules';
import { shown } from './text';

const TASK_PARAMETERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html';

const cpuStandsForCores = new Rule({
  id: 'cpu-stands-for-cores',
  level: 'error',
  says: 'The main container must not set cpu units. It gets those of its slice, by which ECS counts accelerators.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-autoscaling-best-practice.html',
});

const sliceCpu = new Rule({
  id: 'slice-cpu',
  level: 'error',
  says: 'The other containers of a task must leave the main container at least 2 cpu units of the slice.',
  source: TASK_PARAMETERS,
});

const sliceMemory = new Rule({
  id: 'slice-memory',
  level: 'error',
  says: 'The containers of a task together must not need more memory than the slice has. A slice is a share of the memory that a host registers, which is less than its nominal memory.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html',
});

const sharedMemory = new Rule({
  id: 'shared-memory',
  level: 'error',
  says: 'The size of /dev/shm must be set in one place only, and must fit into the memory of the container, because it counts as memory.',
  source: TASK_PARAMETERS,
});

const ownMemory = new Rule({
  id: 'own-memory',
  level: 'error',
  says: 'On a pool without slices the main container must set its memory, because ECS places the task by it.',
  source: TASK_PARAMETERS,
});

const mainContainerExists = new Rule({
  id: 'main-container-exists',
  level: 'error',
  says: 'A task must have the container that is to get the slice or the devices.',
  source: TASK_PARAMETERS,
});

const containerCpuKnown = new Rule({
  id: 'container-cpu-known',
  level: 'error',
  says: 'The cpu units of the other containers must be known at synth, because they are subtracted from the slice.',
  source: TASK_PARAMETERS,
});

const privilegedContainer = new Rule({
  id: 'privileged-container',
  level: 'warning',
  says: 'A container should not be privileged or have the SYS_ADMIN capability, because current accelerator drivers and runtimes do not need it.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/faq.html',
});

/** The facts about a container that are checked. Counts are in cpu units and MiB. */
export interface MainContainer {
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** The size of `/dev/shm` in its Linux parameters. */
  readonly sharedMemory?: number;
  /** The size of `/dev/shm` that is set outside its Linux parameters. */
  readonly wantedSharedMemory?: Size;
  /** Whether its task shares the IPC namespace of the host. */
  readonly hostIpc?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: string[];
}

interface Slice {
  readonly cpuUnits: number;
  readonly memory: Size;
  /** Its own chips, if it is a partition. */
  readonly chips?: number[];
}

/** How a user gets a larger or a smaller slice. */
const larger = ({ chips }: Slice) => (chips ? 'take a larger partition' : 'use fewer `tasksPerInstance`');
const smaller = ({ chips }: Slice) => (chips ? 'take a smaller partition' : 'use more `tasksPerInstance`');

/** Checks the container that takes the slice, apart from the others. */
export function checkMainContainer(main: MainContainer, slice: Slice): Finding[] {
  const { cpu, memory, memoryReservation } = main;
  const limit = slice.memory.toMebibytes();
  const asked = reservedMemory(main);
  return [
    ...cpuStandsForCores.when(
      cpu !== undefined && cpu !== 0,
      () =>
        `\`cpu\` of the main container must be left out, got: ${shown(cpu)}. The container gets the ${slice.cpuUnits} cpu units of the slice, minus ` +
        `those of the other containers, because ECS counts accelerators by them. To give it less, ${smaller(slice)}.`,
    ),
    ...sliceMemory.when(
      known(asked) && asked > limit,
      () =>
        `\`${memoryReservation === undefined ? 'memoryLimitMiB' : 'memoryReservationMiB'}\` of the main container must be at most the ${limit} MiB ` +
        `of the slice, got: ${asked}. A host registers less memory than its nominal size. Ask for less, or ${larger(slice)}.`,
    ),
    ...checkSharedMemory(main, Math.min(limit, known(memory) ? memory : limit)),
  ];
}

/** Checks the main container of a task that takes no slice and has its own size. */
export function checkOwnSize(name: string, main: MainContainer): Finding[] {
  const asked = main.memory ?? main.memoryReservation;
  return [
    ...ownMemory.when(
      asked === undefined,
      () =>
        `Container ${name} must have \`memoryLimitMiB\` or \`memoryReservationMiB\`. The pool has no slices, so ECS places the task by the cpu and ` +
        'memory of its containers.',
    ),
    ...checkSharedMemory(main, known(asked) ? asked : Infinity),
  ];
}

function checkSharedMemory({ sharedMemory: given, wantedSharedMemory: wanted, hostIpc }: MainContainer, room: number): Finding[] {
  const shm = wanted && !wanted.isUnresolved() ? wanted.toMebibytes() : given;
  return [
    ...sharedMemory.when(
      wanted !== undefined && given !== undefined,
      () => '`sharedMemorySize` is given twice: here and in `linuxParameters` of the container. Leave one out.',
    ),
    ...sharedMemory.when(
      hostIpc === true && wanted !== undefined,
      () => '`sharedMemorySize` has no effect with `ipcMode` host, because the task uses /dev/shm of the host. Leave it out.',
    ),
    ...sharedMemory.when(
      known(shm) && shm > room,
      () =>
        `\`sharedMemorySize\` must be at most ${room} MiB, the memory of the container, because /dev/shm counts as memory, got: ${shm} MiB.`,
    ),
  ];
}

/** The facts about all containers of a task that are checked. */
export interface TaskContainers {
  readonly tasksPerInstance: number;
  readonly slice: Slice;
  /** cpu units and memory of the task as a whole. ECS counts them instead of those of the containers. */
  readonly taskCpu?: string;
  readonly taskMemory?: string;
  readonly main: NamedContainer;
  readonly others: NamedContainer[];
}

/** A container of a task. */
export interface NamedContainer extends MainContainer {
  readonly name: string;
  readonly hostPorts: number[];
  /** Whether the library adds it. It then has its own rules about privileges. */
  readonly own?: boolean;
}

/** The finding about a task that lacks the main container: one with the wanted name, or any essential one. */
export function checkMainContainerExists(wantedName: string | undefined, containers: { readonly name: string }[]): Finding[] {
  const names = containers.map((container) => container.name).join(', ') || 'none';
  return mainContainerExists.when(
    true,
    () =>
      `No container is ${wantedName ? `called ${wantedName}` : 'essential'}, but the task needs one that does the work. Its containers: ${names}.`,
  );
}

/** Checks the containers of a task together. */
export function checkContainers(task: TaskContainers): Finding[] {
  const { tasksPerInstance, slice, main, others } = task;
  const containers = [main, ...others];
  return [
    ...checkTaskSize(task),
    ...checkMainContainer(main, slice),
    ...checkHostPorts(
      tasksPerInstance,
      containers.flatMap((container) => container.hostPorts),
    ),
    ...checkCpu(main, others, slice),
    ...checkMemory(main, others, slice),
    ...containers.flatMap(checkPrivileges),
  ];
}

function checkTaskSize({ taskCpu, taskMemory, slice }: TaskContainers): Finding[] {
  return [
    ...cpuStandsForCores.when(
      taskCpu !== undefined,
      () =>
        `\`cpu\` of the task must be left out, got: ${shown(taskCpu)}. ECS would count it instead of the ${slice.cpuUnits} cpu units of the slice.`,
    ),
    ...sliceMemory.when(
      known(taskMemory) && Number(taskMemory) > slice.memory.toMebibytes(),
      () => `\`memory\` of the task must be at most the ${slice.memory.toMebibytes()} MiB of the slice, got: ${taskMemory}. Leave it out.`,
    ),
  ];
}

function checkCpu(main: NamedContainer, others: NamedContainer[], slice: Slice): Finding[] {
  const available = slice.cpuUnits;
  const asked = sum(others.map((container) => container.cpu));
  return [
    ...others.flatMap(({ name, cpu }) =>
      containerCpuKnown.when(
        cpu !== undefined && !known(cpu),
        () => `\`cpu\` of container ${name} must be known at synth, because it is subtracted from the ${available} cpu units of the slice.`,
      ),
    ),
    ...sliceCpu.when(
      asked > available - MIN_CPU,
      () =>
        `The containers other than ${main.name} need ${asked} cpu units: ${list(others, (container) => container.cpu)}. The slice has ${available}, ` +
        `and ${main.name} needs at least ${MIN_CPU}. Lower their \`cpu\`, or ${larger(slice)}.`,
    ),
  ];
}

function checkMemory(main: NamedContainer, others: NamedContainer[], slice: Slice): Finding[] {
  const available = slice.memory.toMebibytes();
  const own = reservedMemory(main);
  const asked = sum([own, ...others.map(reservedMemory)]);
  return sliceMemory.when(
    others.length > 0 && asked > available - (own === undefined ? MIN_MEMORY : 0),
    () =>
      `The containers of a task need ${asked} MiB of memory: ${main.name} (${own ?? 'the rest'}), ${list(others, reservedMemory)}. ` +
      `The slice has ${available} MiB. Ask for less, or ${larger(slice)}.`,
  );
}

/** Checks that a container cannot control its host. */
export function checkPrivileges({ name, privileged, capabilities = [], own }: NamedContainer): Finding[] {
  return privilegedContainer.when(
    !own && (privileged === true || capabilities.includes('SYS_ADMIN')),
    () =>
      `Container ${name} ${privileged ? 'is privileged' : 'has the capability SYS_ADMIN'}, which gives it control of the host. Current ` +
      'accelerator drivers and runtimes do not need that. Remove it, or acknowledge this warning.',
  );
}

/** The memory that ECS reserves for a container: its soft limit, or its hard limit if it has no soft one. */
export function reservedMemory(container: MainContainer): number | undefined {
  return container.memoryReservation ?? container.memory;
}

/** The minimum cpu units of a Linux container. */
const MIN_CPU = 2;
/** The minimum memory of a Linux container, in MiB. */
export const MIN_MEMORY = 6;

/** The sum of the values that are known. */
export function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (known(value) ? value : 0), 0);
}

/** Containers in a sentence, each with a count: "proxy (128), logs (64)". */
export function list(containers: NamedContainer[], count: (container: NamedContainer) => number | undefined): string {
  return containers.map((container) => `${container.name} (${shown(count(container) ?? 0)})`).join(', ');
}
