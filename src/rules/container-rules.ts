import { Size } from 'aws-cdk-lib';
import { Finding, known, Rule } from './rule';
import { shown } from './text';

const TASK_PARAMETERS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html';

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
  says: 'A task must have a main container, which gets the slice or the devices.',
  source: TASK_PARAMETERS,
});

const privilegedContainer = new Rule({
  id: 'privileged-container',
  level: 'warning',
  says: 'A container should not be privileged or have the SYS_ADMIN capability unless its image needs it, because it can then control its host.',
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

/** Checks the size of `/dev/shm`. `room` is the memory of the container, in MiB. */
export function checkSharedMemory({ sharedMemory: given, wantedSharedMemory: wanted, hostIpc }: MainContainer, room: number): Finding[] {
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

/** Checks that a container cannot control its host. */
export function checkPrivileges({ name, privileged, capabilities = [], own }: NamedContainer): Finding[] {
  return privilegedContainer.when(
    !own && (privileged === true || capabilities.includes('SYS_ADMIN')),
    () =>
      `Container ${name} ${privileged ? 'is privileged' : 'has the capability SYS_ADMIN'}, which gives it control of the host. Drivers ` +
      'and runtimes do not need that; some images do, such as the vLLM blueprints of AWS. Remove it, or acknowledge this warning.',
  );
}

/** The memory that ECS reserves for a container: its soft limit, or its hard limit if it has no soft one. */
export function reservedMemory(container: MainContainer): number | undefined {
  return container.memoryReservation ?? container.memory;
}

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
