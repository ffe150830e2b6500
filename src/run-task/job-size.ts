import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { checkRunCpu, checkRunMemory, MemoryRange } from './job-override-rules';
import { JobOverrides } from './job-overrides';
import { JobSetup, memoryOverride } from './job-setup';
import { containerFacts } from '../capacity/task/container-facts';
import { plannerOf } from '../capacity/task-planner';
import { MIN_MEMORY, NamedContainer, reservedMemory, sum } from '../rules/container-rules';
import { extraMemory, memoryFootprint } from '../rules/memory-rules';
import { Finding, known } from '../rules/rule';

type SizedJob = Pick<JobSetup, 'capacity' | 'task'>;

/** Checks the size that a run asks for against all containers of the task. It must run at synth, because it renders the containers. */
export function checkRunSize(job: SizedJob, { cpu, memory }: JobOverrides): Finding[] {
  return [...checkRunMemory(memory, memoryRange(job)), ...checkRunCpu(cpu, sum(containersOf(job).map((container) => container.cpu)))];
}

/**
 * The memory that a run can ask for: what the containers of the task leave of the slice, or of the largest host. It must run at synth,
 * because it renders the containers.
 */
export function memoryRange(job: SizedJob): MemoryRange {
  const containers = containersOf(job);
  const main = containers.find(({ name }) => name === job.task.containerName);
  const others = containers.filter((container) => container !== main);
  const memory = plannerOf(job.capacity).overrideLimits?.memory?.toMebibytes();
  switch (memoryOverride(job)) {
    case 'task':
      return { least: Math.max(MIN_MEMORY, sum(containers.map(reservedMemory))), most: left(memory, sum(containers.map(extraMemory))) };
    case 'Memory':
      return { least: Math.max(MIN_MEMORY, sum([main?.memoryReservation])), most: room(memory, main, others) };
    default:
      return { least: MIN_MEMORY, most: room(memory, main, others) };
  }
}

/** The room for the main container. It is never less than what the container already asks for, because its task is checked by itself. */
function room(memory: number | undefined, main: NamedContainer | undefined, others: NamedContainer[]): number | undefined {
  const most = left(memory, sum([main && extraMemory(main), ...others.map(memoryFootprint)]));
  return most === undefined ? undefined : Math.max(most, ...[main?.memory, main?.memoryReservation].filter((own) => known(own)));
}

function left(memory: number | undefined, taken: number): number | undefined {
  return memory === undefined ? undefined : memory - taken;
}

/** The containers as they are rendered, with the memory that the capacity gives them. None if the task definition is imported. */
function containersOf({ task: { inApp } }: SizedJob): NamedContainer[] {
  if (!inApp) return [];
  const definition = inApp.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
  return (Stack.of(definition).resolve(definition.containerDefinitions) as ecs.CfnTaskDefinition.ContainerDefinitionProperty[]).map(
    containerFacts,
  );
}
