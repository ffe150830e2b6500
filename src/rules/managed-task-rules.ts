import { Size } from 'aws-cdk-lib';
import { checkPrivileges, list, NamedContainer, reservedMemory, sum } from './container-rules';
import { Finding, known, Rule } from './rule';

const MANAGED_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html';

const managedTaskFits = new Rule({
  id: 'managed-task-fits',
  level: 'error',
  says: 'A task asks for no more cpu and memory than the largest of the instance types has.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html',
});

const managedSharedMemory = new Rule({
  id: 'managed-shared-memory',
  level: 'error',
  says: '/dev/shm is a tmpfs on Managed Instances, counts as memory of its container, and is given in one place.',
  source: MANAGED_TASKS,
});

const oneTaskPerHost = new Rule({
  id: 'one-task-per-host',
  level: 'error',
  says: 'A task with devices mapped by path takes more than half of the cpu units of a managed host, so that no other finds room there.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const taskMemoryWins = new Rule({
  id: 'task-memory-wins',
  level: 'warning',
  says: 'Memory of the task as a whole is what ECS places by; what its containers reserve has no effect on that.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html',
});

const taskSizeOnManaged = new Rule({
  id: 'task-size-on-managed',
  level: 'error',
  says: 'Tasks have a size as a whole on Managed Instances only; in a pool the slice, or what the containers ask for, decides.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html',
});

/** Checks that half of the cpu units means the same on every host. */
export function checkOneHostType(oneTask: boolean, types: { readonly name: string }[]): Finding[] {
  return oneTaskPerHost.when(
    oneTask && types.length !== 1,
    () => `\`oneTaskPerHost\` needs a capacity of one instance type, got: ${types.map(({ name }) => name).join(', ')}.`,
  );
}

/** Checks that a pool, with slices or without, isn't asked for tasks of a size as a whole. */
export function checkTaskSizeOnPool(facts: { taskCpu?: unknown; taskMemory?: unknown }, slices: boolean): Finding[] {
  const decides = slices ? 'in a pool the slice decides what a task has' : 'in a pool without slices what the containers ask for decides';
  const given = [facts.taskCpu !== undefined && '`taskCpu`', facts.taskMemory !== undefined && '`taskMemory`'].filter(Boolean);
  return taskSizeOnManaged.when(given.length > 0, () => `${given.join(' and ')} must be left out: ${decides}. For Managed Instances only.`);
}

/** An instance type that a task may find itself on. */
interface HostType {
  readonly name: string;
  readonly cpuUnits: number;
  /** What surely registers. */
  readonly registeredMemory: Size;
}

/** What is checked of a task on Managed Instances. Counts are in cpu units and MiB. */
export interface ManagedTaskFacts {
  readonly hosts: HostType[];
  readonly alone: boolean;
  readonly taskCpu?: number;
  readonly taskMemory?: number;
  readonly main: NamedContainer;
  readonly others: NamedContainer[];
  /** What the main container gets if it says nothing. */
  readonly defaultMemory: number;
  readonly wantedSharedMemory?: number;
}

/** Checks the containers of a task together. */
export function checkManagedTask(task: ManagedTaskFacts): Finding[] {
  const { main, others } = task;
  return [
    ...checkTaskSize(task, task.hosts),
    ...checkWhatCounts(task),
    ...checkCpu(task, main),
    ...checkMemory(task, main),
    ...checkManagedSharedMemory(main, task.wantedSharedMemory, memoryRoom(task, main)),
    ...[main, ...others].flatMap(checkPrivileges),
  ];
}

/** Checks the size of `/dev/shm`. */
export function checkManagedSharedMemory(main: { readonly sharedMemory?: number }, wanted: number | undefined, room: number): Finding[] {
  const size = wanted ?? main.sharedMemory;
  return [
    ...managedSharedMemory.when(
      wanted !== undefined && main.sharedMemory !== undefined,
      () => '`sharedMemorySize` is given twice: `linuxParameters` of the container have a tmpfs at /dev/shm too. Leave one out.',
    ),
    ...managedSharedMemory.when(
      known(size) && size! > room,
      () =>
        `\`sharedMemorySize\` must be at most the ${room} MiB of memory that the container has, for it counts as memory, got: ${size} MiB.`,
    ),
  ];
}

function memoryRoom({ hosts, taskMemory }: ManagedTaskFacts, main: NamedContainer): number {
  const limits = [taskMemory, main.memory].filter((limit): limit is number => known(limit));
  return Math.min(...hosts.map(memoryOf), ...limits);
}

/** Checks the size of a task as a whole. */
export function checkTaskSize(task: { taskCpu?: number; taskMemory?: number }, hosts: HostType[]): Finding[] {
  return [
    ...tooMuch('taskCpu', task.taskCpu, 'cpu units', hosts, ({ cpuUnits }) => cpuUnits),
    ...tooMuch('taskMemory', task.taskMemory, 'MiB of memory', hosts, memoryOf),
  ];
}

function checkWhatCounts({ taskMemory, main, others }: ManagedTaskFacts): Finding[] {
  const reserving = [main!, ...others].filter((container) => reservedMemory(container) !== undefined).map(({ name }) => name);
  return taskMemoryWins.when(
    taskMemory !== undefined && reserving.length > 0,
    () =>
      `\`taskMemory\` is what ECS places tasks by; what ${reserving.join(', ')} reserve has no effect on that. Leave one out, or acknowledge this.`,
  );
}

function checkCpu({ hosts, alone, taskCpu, others }: ManagedTaskFacts, main: NamedContainer): Finding[] {
  const all = [main, ...others];
  const asked = sum(all.map(({ cpu }) => cpu));
  const half = Math.floor(hosts[0].cpuUnits / 2);
  const name = hosts[0].name;
  if (!alone) {
    return taskCpu === undefined ? tooMuch(`cpu`, asked, `cpu units in all: ${list(all, ({ cpu }) => cpu)}`, hosts, (h) => h.cpuUnits) : [];
  }
  const rest = sum(others.map(({ cpu }) => cpu));
  return [
    ...oneTaskPerHost.when(
      main.cpu !== undefined && main.cpu !== 0,
      () =>
        `\`cpu\` of container ${main.name} must be left out: it takes ${half + 1} cpu units of ${name}, so that no other task finds room.`,
    ),
    ...oneTaskPerHost.when(
      known(taskCpu) && taskCpu! <= half,
      () => `\`taskCpu\` must be more than ${half}, half of what ${name} has, so that no two tasks share its devices, got: ${taskCpu}.`,
    ),
    ...oneTaskPerHost.when(
      taskCpu === undefined && rest >= half,
      () =>
        `The containers beside ${main.name} ask for ${rest} cpu units: ${list(others, ({ cpu }) => cpu)}. ${name} has ${half - 1} for them.`,
    ),
  ];
}

function checkMemory({ hosts, taskMemory, others, defaultMemory }: ManagedTaskFacts, main: NamedContainer): Finding[] {
  if (taskMemory !== undefined) return [];
  const own = reservedMemory(main) ?? defaultMemory;
  const asked = sum([own, ...others.map(reservedMemory)]);
  const detail = `MiB of memory in all: ${main.name} (${known(own) ? own : 'not known at synth'})${others.length > 0 ? `, ${list(others, reservedMemory)}` : ''}`;
  return tooMuch('memory', asked, detail, hosts, memoryOf);
}

function memoryOf(host: HostType): number {
  return host.registeredMemory.toMebibytes();
}

function tooMuch(prop: string, asked: number | undefined, what: string, hosts: HostType[], has: (host: HostType) => number): Finding[] {
  const largest = hosts.reduce((a, b) => (has(a) >= has(b) ? a : b));
  return managedTaskFits.when(
    known(asked) && !(asked! >= 0 && asked! <= has(largest)),
    () =>
      `\`${prop}\` asks for ${asked} ${what}, but ${largest.name}, the largest of the instance types, has ${has(largest)} that surely register. ` +
      'Ask for less, or use a larger type.',
  );
}
