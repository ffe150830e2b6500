import { Size } from 'aws-cdk-lib';
import { checkPrivileges, list, NamedContainer, reservedMemory, sum } from './container-rules';
import { checkMemoryKnown, extraMemory, listMemory, memoryFootprint } from './memory-rules';
import { Finding, known, Rule } from './rule';
import { givenProps, quoted, shown } from './text';

const MANAGED_TASKS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html';

const managedTaskFits = new Rule({
  id: 'managed-task-fits',
  level: 'error',
  says: 'A task must not need more cpu or memory than the largest of the instance types has.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html',
});

const managedSharedMemory = new Rule({
  id: 'managed-shared-memory',
  level: 'error',
  says: 'The size of /dev/shm, a tmpfs on Managed Instances, must be set in one place only, and must fit into the memory of the container, because it counts as memory.',
  source: MANAGED_TASKS,
});

const oneTaskPerHost = new Rule({
  id: 'one-task-per-host',
  level: 'error',
  says: 'A task with devices mapped by path must take more than half of the cpu units of its host on Managed Instances, so that no other task fits there.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const taskMemoryWins = new Rule({
  id: 'task-memory-wins',
  level: 'warning',
  says: 'A task with its own memory size should not also have containers that reserve memory, because ECS places the task by its own size only.',
  source: MANAGED_TASKS,
});

const taskSizeOnManaged = new Rule({
  id: 'task-size-on-managed',
  level: 'error',
  says: 'Tasks in a pool must not have a size as a whole, because the slice or the containers decide it. A size is for Managed Instances only.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html',
});

/** Checks that half of the cpu units is the same number on every host. */
export function checkOneHostType(oneTask: boolean, types: { readonly name: string }[]): Finding[] {
  return oneTaskPerHost.when(
    oneTask && types.length !== 1,
    () => `\`oneTaskPerHost\` needs a capacity of one instance type, got: ${types.map(({ name }) => name).join(', ')}.`,
  );
}

/** Checks that tasks in a pool, with or without slices, have no size as a whole. */
export function checkTaskSizeOnPool(facts: { taskCpu?: unknown; taskMemory?: unknown }, slices: boolean): Finding[] {
  const reason = slices
    ? 'in a pool the slice decides the size of a task'
    : 'in a pool without slices the containers decide the size of a task';
  const given = givenProps({ taskCpu: facts.taskCpu, taskMemory: facts.taskMemory });
  return taskSizeOnManaged.when(
    given.length > 0,
    () => `${quoted(given)} must be left out, because ${reason}. Use Managed Instances to set the size of a task.`,
  );
}

/** An instance type that a task may run on. */
interface HostType {
  readonly name: string;
  readonly cpuUnits: number;
  /** The memory that a host is certain to register. */
  readonly registeredMemory: Size;
}

/** The facts about a task on Managed Instances that are checked. Counts are in cpu units and MiB. */
export interface ManagedTaskFacts {
  readonly hosts: HostType[];
  /** Whether no other task may share its host. */
  readonly alone: boolean;
  readonly taskCpu?: number;
  readonly taskMemory?: number;
  readonly main: NamedContainer;
  readonly others: NamedContainer[];
  /** The memory of the main container if it sets none. */
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
      () => '`sharedMemorySize` is given twice: here and as a tmpfs at /dev/shm in `linuxParameters` of the container. Leave one out.',
    ),
    ...managedSharedMemory.when(
      known(size) && size > room,
      () =>
        `\`sharedMemorySize\` must be at most ${room} MiB, the memory of the container, because /dev/shm counts as memory, got: ${size} MiB.`,
    ),
  ];
}

function memoryRoom({ hosts, taskMemory }: ManagedTaskFacts, main: NamedContainer): number {
  const limits = [taskMemory, main.memory].filter((limit) => known(limit));
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
  const reserving = [main, ...others].filter((container) => reservedMemory(container) !== undefined).map(({ name }) => name);
  return taskMemoryWins.when(
    taskMemory !== undefined && reserving.length > 0,
    () =>
      `ECS places the task by \`taskMemory\`, so the memory that these containers reserve has no effect on it: ${reserving.join(', ')}. ` +
      'Leave one out, or acknowledge this warning.',
  );
}

function checkCpu({ hosts, alone, taskCpu, others }: ManagedTaskFacts, main: NamedContainer): Finding[] {
  const all = [main, ...others];
  const asked = sum(all.map(({ cpu }) => cpu));
  const half = Math.floor(hosts[0].cpuUnits / 2);
  const name = hosts[0].name;
  if (!alone) {
    return taskCpu === undefined ? tooMuch('cpu', asked, `cpu units in all: ${list(all, ({ cpu }) => cpu)}`, hosts, (h) => h.cpuUnits) : [];
  }
  const rest = sum(others.map(({ cpu }) => cpu));
  return [
    ...oneTaskPerHost.when(
      main.cpu !== undefined && main.cpu !== 0,
      () =>
        `\`cpu\` of container ${main.name} must be left out, got: ${shown(main.cpu)}. The task takes ${half + 1} cpu units of ${name}, so that no ` +
        'other task fits there.',
    ),
    ...oneTaskPerHost.when(
      known(taskCpu) && taskCpu <= half,
      () =>
        `\`taskCpu\` must be more than ${half}, half of the cpu units of ${name}, so that no two tasks share its devices, got: ${taskCpu}.`,
    ),
    ...oneTaskPerHost.when(
      taskCpu === undefined && rest >= half,
      () =>
        `The containers other than ${main.name} need ${rest} cpu units: ${list(others, ({ cpu }) => cpu)}. ${name} has ${half - 1} for them. ` +
        'Lower their `cpu`, or use a larger type.',
    ),
  ];
}

function checkMemory({ hosts, taskMemory, others, defaultMemory, wantedSharedMemory }: ManagedTaskFacts, main: NamedContainer): Finding[] {
  const given = { ...main, sharedMemory: wantedSharedMemory };
  const all = [given, ...others];
  if (taskMemory !== undefined) {
    const extra = sum(all.map(extraMemory));
    const detail = `MiB of memory: \`taskMemory\` (${taskMemory}), and ${extra} for /dev/shm and tmpfs`;
    return tooMuch('memory', extra > 0 && known(taskMemory) ? taskMemory + extra : undefined, detail, hosts, memoryOf);
  }
  const own = reservedMemory(main) ?? defaultMemory;
  const asked = sum(all.map(memoryFootprint)) + (reservedMemory(main) === undefined ? defaultMemory : 0);
  const detail = `MiB of memory in all: ${listMemory([given], String(own))}${others.length > 0 ? `, ${listMemory(others)}` : ''}`;
  return [...checkMemoryKnown(given, others), ...tooMuch('memory', asked, detail, hosts, memoryOf)];
}

function memoryOf(host: HostType): number {
  return host.registeredMemory.toMebibytes();
}

function tooMuch(prop: string, asked: number | undefined, what: string, hosts: HostType[], has: (host: HostType) => number): Finding[] {
  const largest = hosts.reduce((a, b) => (has(a) >= has(b) ? a : b));
  return managedTaskFits.when(
    known(asked) && !(asked >= 0 && asked <= has(largest)),
    () =>
      `\`${prop}\` asks for ${asked} ${what}, but ${largest.name}, the largest of the instance types, is only certain to register ` +
      `${has(largest)}. Ask for less, or use a larger type.`,
  );
}
