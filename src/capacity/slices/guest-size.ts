import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { memoryFootprint } from '../../rules/memory-rules';
import { known } from '../../rules/rule';
import { containerFacts } from '../task/container-facts';
import { Container } from '../task/task-containers';

/** The cpu units and the memory in MiB that ECS counts for a task. Undefined where they are not known at synth. */
export function taskSize(task: ecs.CfnTaskDefinition): { cpu?: number; memory?: number } {
  const resolve = (value: unknown): unknown => Stack.of(task).resolve(value);
  const containers = ((resolve(task.containerDefinitions) ?? []) as Container[]).map(containerFacts);
  const [cpu, memory] = [resolve(task.cpu), resolve(task.memory)];
  return {
    cpu: cpu === undefined ? total(containers.map((container) => sizeOf(container.cpu))) : sizeOf(cpu, 'vcpu'),
    memory: memory === undefined ? total(containers.map(memoryOf)) : sizeOf(memory, 'gb'),
  };
}

/** A size such as 1024 or "1 vCPU". 0 if it is not given, and undefined if it is not known. */
function sizeOf(value: unknown = 0, unit = ''): number | undefined {
  const [, amount, given] = /^([\d.]+)\s*(\w*)$/.exec(String(value).toLowerCase()) ?? [];
  return amount === undefined ? undefined : Number(amount) * (given === unit && unit !== '' ? 1024 : 1);
}

function memoryOf(container: ReturnType<typeof containerFacts>): number | undefined {
  const { memory, memoryReservation, sharedMemory, tmpfs = [] } = container;
  const parts = [memoryReservation ?? memory, sharedMemory, ...tmpfs];
  return parts.every((part) => part === undefined || known(part)) ? memoryFootprint(container) : undefined;
}

function total(sizes: (number | undefined)[]): number | undefined {
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
}
