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

const mainContainerExists = new Rule({
  id: 'main-container-exists',
  level: 'error',
  says: 'The container that takes the slice exists.',
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
  readonly privileged?: boolean;
  readonly capabilities?: string[];
}

interface Slice {
  readonly cpuUnits: number;
  readonly memory: Size;
}

/** Checks the container that takes the slice, by itself. */
export function checkMainContainer(main: MainContainer, slice: Slice): Finding[] {
  const { cpu, memory, memoryReservation, sharedMemory: given, wantedSharedMemory: wanted } = main;
  const limit = slice.memory.toMebibytes();
  const asked = memoryReservation ?? memory;
  const shm = wanted && !wanted.isUnresolved() ? wanted.toMebibytes() : given;
  const room = Math.min(limit, known(memory) ? memory! : limit);
  return [
    ...cpuStandsForCores.when(
      cpu !== undefined && cpu !== 0,
      () =>
        `\`cpu\` of the main container must be left out, got: ${shown(cpu)}. The slice gives it ${slice.cpuUnits} cpu units less what other ` +
        'containers ask for; that is how ECS counts accelerators. To give it less, use more `tasksPerInstance`.',
    ),
    ...sliceMemory.when(
      known(asked) && asked! > limit,
      () =>
        `\`${memoryReservation === undefined ? 'memoryLimitMiB' : 'memoryReservationMiB'}\` of the main container must be at most the ${limit} MiB ` +
        `of the slice, got: ${asked}. A host registers less memory than its nominal size. Ask for less, or use fewer \`tasksPerInstance\`.`,
    ),
    ...sharedMemory.when(
      wanted !== undefined && given !== undefined,
      () => '`sharedMemorySize` is given twice: in `linuxParameters` of the container too. Leave one out.',
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
  readonly mainName?: string;
  readonly wantedName?: string;
  readonly containers: (MainContainer & { readonly name: string; readonly hostPorts: number[] })[];
  /** What `checkMainContainer` found. */
  readonly main?: Finding[];
}

/** Checks the containers of a task together. */
export function checkContainers(task: TaskContainers): Finding[] {
  const { slice, mainName, containers } = task;
  if (!task.main) {
    const names = containers.map((container) => container.name).join(', ') || 'none';
    return mainContainerExists.when(
      true,
      () =>
        `No container ${task.wantedName ? `is called ${task.wantedName}` : 'is essential'}: a task needs one that takes the slice. There are: ${names}.`,
    );
  }
  const others = containers.filter((container) => container.name !== mainName);
  const cpu = sum(others.map((container) => container.cpu));
  const reserved = (container: MainContainer) => container.memoryReservation ?? container.memory;
  const mainContainer = containers.find((container) => container.name === mainName)!;
  const memory = sum(others.map(reserved)) + sum([reserved(mainContainer)]);
  const asking = (count: (container: MainContainer) => number | undefined) =>
    others.map((container) => `${container.name} (${shown(count(container) ?? 0)})`).join(', ');
  return [
    ...task.main,
    ...checkHostPorts(
      task.tasksPerInstance,
      containers.flatMap((container) => container.hostPorts),
    ),
    ...others.flatMap(({ name, cpu: own }) =>
      containerCpuKnown.when(
        own !== undefined && !known(own),
        () =>
          `\`cpu\` of container ${name} must be known at synth: what it asks for is taken off the ${slice.cpuUnits} cpu units of the slice.`,
      ),
    ),
    ...sliceCpu.when(
      cpu > slice.cpuUnits - MIN_CPU,
      () =>
        `The containers beside ${mainName} ask for ${cpu} cpu units: ${asking((container) => container.cpu)}. The slice has ${slice.cpuUnits}, ` +
        `and ${mainName} needs at least ${MIN_CPU}. Ask for less, or use fewer \`tasksPerInstance\`.`,
    ),
    ...sliceMemory.when(
      task.main.length === 0 && memory > slice.memory.toMebibytes() - (reserved(mainContainer) === undefined ? MIN_MEMORY : 0),
      () =>
        `The containers of a task ask for ${memory} MiB of memory: ${mainName} (${reserved(mainContainer) ?? 'the rest'}), ${asking(reserved)}. ` +
        `The slice has ${slice.memory.toMebibytes()} MiB. Ask for less, or use fewer \`tasksPerInstance\`.`,
    ),
    ...containers.flatMap(({ name, privileged, capabilities = [] }) =>
      privilegedContainer.when(
        privileged === true || capabilities.includes('SYS_ADMIN'),
        () =>
          `Container ${name} ${privileged ? 'is privileged' : 'has the capability SYS_ADMIN'}, which gives it the host. ` +
          'Only the runtime of Neuron 1.x needed that; drivers and runtimes of today do not.',
      ),
    ),
  ];
}

/** The fewest cpu units that ECS gives a Linux container. */
const MIN_CPU = 2;
/** The least memory in MiB that a Linux container can have. */
const MIN_MEMORY = 6;

function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (known(value) ? value! : 0), 0);
}

function shown(value: unknown): string {
  return known(value) ? String(value) : 'a value that is not known at synth';
}
