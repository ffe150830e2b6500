import { Size } from 'aws-cdk-lib';
import {
  checkPrivileges,
  checkSharedMemory,
  list,
  MainContainer,
  MIN_MEMORY,
  NamedContainer,
  reservedMemory,
  sum,
} from './container-rules';
import { checkMemoryKnown, extraMemory, listMemory, memoryFootprint } from './memory-rules';
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

const containerCpuKnown = new Rule({
  id: 'container-cpu-known',
  level: 'error',
  says: 'The cpu units of the other containers must be known at synth, because they are subtracted from the slice.',
  source: TASK_PARAMETERS,
});

/** The minimum cpu units of a Linux container. */
const MIN_CPU = 2;

interface Slice {
  readonly cpuUnits: number;
  readonly memory: Size;
  /** Its own chips, if it is a partition. */
  readonly chips?: number[];
}

/** How a user gets a larger or a smaller slice. */
const larger = ({ chips }: Slice) => (chips ? 'take a larger partition' : 'use fewer `tasksPerInstance`');
const smaller = ({ chips }: Slice) => (chips ? 'take a smaller partition' : 'use more `tasksPerInstance`');

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

/** Checks the container that takes the slice, apart from the others. */
export function checkMainContainer(main: MainContainer, slice: Slice): Finding[] {
  const { cpu, memory, memoryReservation, wantedSharedMemory } = main;
  const limit = slice.memory.toMebibytes();
  const asked = reservedMemory(main);
  const extra = extraMemory({ ...main, sharedMemory: wantedSharedMemory?.toMebibytes() ?? main.sharedMemory });
  const withExtra = (known(asked) ? asked : MIN_MEMORY) + extra;
  const sharedMemory = checkSharedMemory(main, Math.min(limit, known(memory) ? memory : limit));
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
    ...sharedMemory,
    ...sliceMemory.when(
      sharedMemory.length === 0 && !(known(asked) && asked > limit) && extra > 0 && withExtra > limit,
      () =>
        `The main container needs ${withExtra} MiB of memory: ${known(asked) ? asked : MIN_MEMORY} for itself, and ${extra} for /dev/shm and tmpfs, which ` +
        `count as memory. The slice has ${limit} MiB. Ask for less, lower \`sharedMemorySize\`, or ${larger(slice)}.`,
    ),
  ];
}

/** Checks the containers of a task together. */
export function checkContainers(task: TaskContainers): Finding[] {
  const { tasksPerInstance, slice, main, others } = task;
  const containers = [main, ...others];
  return [
    ...checkWholeTask(task),
    ...checkMainContainer(main, slice),
    ...checkHostPorts(
      tasksPerInstance,
      containers.flatMap((container) => container.hostPorts),
    ),
    ...checkCpu(main, others, slice),
    ...checkMemory(task),
    ...containers.flatMap(checkPrivileges),
  ];
}

function checkWholeTask({ taskCpu, taskMemory, slice }: TaskContainers): Finding[] {
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

function checkMemory({ main: given, others, slice, taskMemory }: TaskContainers): Finding[] {
  const main = { ...given, sharedMemory: given.wantedSharedMemory?.toMebibytes() ?? given.sharedMemory };
  const own = reservedMemory(main);
  const asked = sum([main, ...others].map(memoryFootprint));
  const wholeTask = known(taskMemory) && Number(taskMemory) < slice.memory.toMebibytes();
  const available = wholeTask ? Number(taskMemory) : slice.memory.toMebibytes();
  return [
    ...checkMemoryKnown(main, others),
    ...sliceMemory.when(
      (others.length > 0 || wholeTask) && asked > available - (own === undefined ? MIN_MEMORY : 0),
      () =>
        `The containers of a task need ${asked} MiB of memory: ${listMemory([main], 'the rest')}${others.length > 0 ? `, ${listMemory(others)}` : ''}. ` +
        `The ${wholeTask ? 'task' : 'slice'} has ${available} MiB. Ask for less, or ${wholeTask ? 'leave out \`memory\` of the task' : larger(slice)}.`,
    ),
  ];
}
