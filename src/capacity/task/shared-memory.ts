import { aws_ecs as ecs } from 'aws-cdk-lib';

/** The most shared memory, in MiB, that a container gets without asking: what the Neuron tutorials use. */
const MAX_DEFAULT = 10 * 1024;

/** The size of `/dev/shm`, in MiB, of a container with some MiB of memory that asks for none: Docker's 64 MiB kill data loaders. */
export function defaultSharedMemory(memory: number): number {
  return Math.min(MAX_DEFAULT, Math.floor(memory / 4));
}

/** Whether the containers of a task have the host's own `/dev/shm`. */
export function sharesHostIpc(task: ecs.CfnTaskDefinition): boolean {
  return task.ipcMode === 'host';
}
