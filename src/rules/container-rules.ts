import { Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';
import { checkHostPorts } from './slice-rules';

const TASK_PARAMETERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html';

const cpuStandsForCores = new Rule({
  id: 'cpu-stands-for-cores',
  level: 'error',
  says: 'The main container has no cpu units of its own: its slice of the host decides, so that ECS counts accelerators by them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-autoscaling-best-practice.html',
});

const sliceCpu = new Rule({
  id: 'slice-cpu',
  level: 'error',
  says: 'The containers beside the main one leave it cpu units of the slice.',
  source: TASK_PARAMETERS,
});

const sliceMemory = new Rule({
  id: 'slice-memory',
  level: 'error',
  says: 'The containers of a task together ask for no more memory than the slice has of what a host registers, which is less than its nominal memory.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html',
});

const sharedMemory = new Rule({
  id: 'shared-memory',
  level: 'error',
  says: '/dev/shm counts as memory of its container and is given in one place.',
  source: TASK_PARAMETERS,
});

const ownMemory = new Rule({
  id: 'own-memory',
  level: 'error',
  says: 'On a pool without slices the main container says how much memory it needs: ECS places its task by that.',
  source: TASK_PARAMETERS,
});

const mainContainerExists = new Rule({
  id: 'main-container-exists',
  level: 'error',
  says: 'The container that takes the slice, or the devices, exists.',
  source: TASK_PARAMETERS,
});

const containerCpuKnown = new Rule({
  id: 'container-cpu-known',
  level: 'error',
  says: 'What the containers beside the main one ask for is known at synth: it is taken off the slice.',
  source: TASK_PARAMETERS,
});

const privilegedContainer = new Rule({
  id: 'privileged-container',
  level: 'warning',
  says: 'A container is privileged or has SYS_ADMIN. Only the runtime of Neuron 1.x needed that.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/faq.html',
});

/** What is checked of a container. Counts are in cpu units and MiB. */
export interface MainContainer {
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** What its Linux parameters give. */
  readonly sharedMemory?: number;
  /** What is asked for beside its Linux parameters. */
  readonly wantedSharedMemory?: Size;
  /** Whether its task shares the IPC namespace of the host. */
  readonly hostIpc?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: string[];
}

interface Slice {
  readonly cpuUnits: number;
  readonly memory: Size;
  /** Its own chips, where it is a partition. */
  readonly chips?: number[];
}

/** How a user gets a slice that is larger, or smaller. */
const larger = ({ chips }: Slice) => (chips ? 'take a larger partition' : 'use fewer `tasksPerInstance`');
const smaller = ({ chips }: Slice) => (chips ? 'take a smaller partition' : 'use more `tasksPerInstance`');

/** Checks the container that takes the slice, by itself. */
export function checkMainContainer(main: MainContainer, slice: Slice): Finding[] {
  const { cpu, memory, memoryReservation } = main;
  const limit = slice.memory.toMebibytes();
  const asked = reservedMemory(main);
  return [
    ...cpuStandsForCores.when(
      cpu !== undefined && cpu !== 0,
      () =>
        `\`cpu\` of the main container must be left out, got: ${shown(cpu)}. The slice gives it ${slice.cpuUnits} cpu units less what other ` +
        `containers ask for; that is how ECS counts accelerators. To give it less, ${smaller(slice)}.`,
    ),
    ...sliceMemory.when(
      known(asked) && asked! > limit,
      () =>
        `\`${memoryReservation === undefined ? 'memoryLimitMiB' : 'memoryReservationMiB'}\` of the main container must be at most the ${limit} MiB ` +
        `of the slice, got: ${asked}. A host registers less memory than its nominal size. Ask for less, or ${larger(slice)}.`,
    ),
    ...checkSharedMemory(main, Math.min(limit, known(memory) ? memory! : limit)),
  ];
}

/** Checks the main container of a task that has a size of its own, and no slice. */
export function checkOwnSize(name: string, main: MainContainer): Finding[] {
  const asked = main.memory ?? main.memoryReservation;
  return [
    ...ownMemory.when(
      asked === undefined,
      () =>
        `\`memoryLimitMiB\` or \`memoryReservationMiB\` of container ${name} must be given: the pool has no slices, so ECS places the task by the ` +
        'cpu and memory that its containers ask for.',
    ),
    ...checkSharedMemory(main, known(asked) ? asked! : Infinity),
  ];
}

function checkSharedMemory({ sharedMemory: given, wantedSharedMemory: wanted, hostIpc }: MainContainer, room: number): Finding[] {
  const shm = wanted && !wanted.isUnresolved() ? wanted.toMebibytes() : given;
  return [
    ...sharedMemory.when(
      wanted !== undefined && given !== undefined,
      () => '`sharedMemorySize` is given twice: in `linuxParameters` of the container too. Leave one out.',
    ),
    ...sharedMemory.when(
      hostIpc === true && wanted !== undefined,
      () => "`sharedMemorySize` has no effect on a task with `ipcMode` host: its /dev/shm is the host's own. Leave it out.",
    ),
    ...sharedMemory.when(
      known(shm) && shm! > room,
      () =>
        `\`sharedMemorySize\` must be at most the ${room} MiB of memory that the container has, for it counts as memory, got: ${shm} MiB.`,
    ),
  ];
}

/** What is checked of all containers of a task. */
export interface TaskContainers {
  readonly tasksPerInstance: number;
  readonly slice: Slice;
  /** cpu units and memory of the task as a whole, which ECS counts instead of those of its containers. */
  readonly taskCpu?: string;
  readonly taskMemory?: string;
  readonly main: NamedContainer;
  readonly others: NamedContainer[];
}

/** A container of a task. */
export interface NamedContainer extends MainContainer {
  readonly name: string;
  readonly hostPorts: number[];
  /** Whether the library adds it, and says itself what is to be said of it. */
  readonly own?: boolean;
}

/** What is wrong where a task has no container of the wanted name, or no essential one. */
export function checkMainContainerExists(wantedName: string | undefined, containers: { readonly name: string }[]): Finding[] {
  const names = containers.map((container) => container.name).join(', ') || 'none';
  return mainContainerExists.when(
    true,
    () =>
      `No container ${wantedName ? `is called ${wantedName}` : 'is essential'}: a task needs one that does the work. There are: ${names}.`,
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
        () => `\`cpu\` of container ${name} must be known at synth: what it asks for is taken off the ${available} cpu units of the slice.`,
      ),
    ),
    ...sliceCpu.when(
      asked > available - MIN_CPU,
      () =>
        `The containers beside ${main.name} ask for ${asked} cpu units: ${list(others, (container) => container.cpu)}. The slice has ${available}, ` +
        `and ${main.name} needs at least ${MIN_CPU}. Ask for less, or ${larger(slice)}.`,
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
      `The containers of a task ask for ${asked} MiB of memory: ${main.name} (${own ?? 'the rest'}), ${list(others, reservedMemory)}. ` +
      `The slice has ${available} MiB. Ask for less, or ${larger(slice)}.`,
  );
}

/** Checks that a container isn't given the host. */
export function checkPrivileges({ name, privileged, capabilities = [], own }: NamedContainer): Finding[] {
  return privilegedContainer.when(
    !own && (privileged === true || capabilities.includes('SYS_ADMIN')),
    () =>
      `Container ${name} ${privileged ? 'is privileged' : 'has the capability SYS_ADMIN'}, which gives it the host. ` +
      'Only the runtime of Neuron 1.x needed that; drivers and runtimes of today do not.',
  );
}

/** What ECS reserves for a container: the soft limit where there is one, else the hard one. */
export function reservedMemory(container: MainContainer): number | undefined {
  return container.memoryReservation ?? container.memory;
}

/** The fewest cpu units that ECS gives a Linux container. */
const MIN_CPU = 2;
/** The least memory in MiB that a Linux container can have. */
export const MIN_MEMORY = 6;

/** The sum of what is known. */
export function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (known(value) ? value! : 0), 0);
}

/** Containers and what each asks for. */
export function list(containers: NamedContainer[], count: (container: NamedContainer) => number | undefined): string {
  return containers.map((container) => `${container.name} (${shown(count(container) ?? 0)})`).join(', ');
}

function shown(value: number | string | undefined): string {
  return known(value) ? String(value) : 'a value that is not known at synth';
}
