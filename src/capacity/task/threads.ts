import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Container, environment, setsVariable } from './task-containers';
import { CPU_UNITS_PER_VCPU } from '../accelerated-instance-type';

const THREADS = 'OMP_NUM_THREADS';

/**
 * The environment of the main container of a task, with the variable that limits the OpenMP threads of its program to the vCPUs of the task.
 *
 * The program sees all vCPUs of its host, and starts a thread for each. If several tasks on a host do that, each slows the others down, and
 * a task with a limit is throttled. A container that sets the variable keeps its own, and so does one with environment files, which may set
 * it.
 *
 * @param cpuUnits the cpu units of the slice of the task. Undefined if the task has its host to itself
 * @see https://awsdocs-neuron.readthedocs-hosted.com/en/latest/archive/transformers-neuronx/transformers-neuronx-developer-guide.html
 */
export function withThreads(main: Container, task: ecs.CfnTaskDefinition, cpuUnits?: number): Container['environment'] {
  const limits = [cpuUnits, taskCpuOf(task)].filter((limit) => limit !== undefined);
  if (limits.length === 0 || setsVariable(main, THREADS)) return main.environment;
  const threads = Math.max(1, Math.floor(Math.min(...limits) / CPU_UNITS_PER_VCPU));
  return [...environment(main), { name: THREADS, value: `${threads}` }];
}

/** The cpu units of a task as a whole, which are a limit. Undefined if the task has none, or if they are not known at synth. */
function taskCpuOf(task: ecs.CfnTaskDefinition): number | undefined {
  const cpu: unknown = Stack.of(task).resolve(task.cpu);
  const [, count, vCpus] = /^([\d.]+)\s*(vcpu)?$/i.exec(typeof cpu === 'string' || typeof cpu === 'number' ? `${cpu}` : '') ?? [];
  return count === undefined ? undefined : Number(count) * (vCpus ? CPU_UNITS_PER_VCPU : 1);
}
