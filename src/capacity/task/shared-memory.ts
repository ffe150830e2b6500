import { aws_ecs as ecs } from 'aws-cdk-lib';

/** The maximum default size of the shared memory of a container, in MiB. The Neuron tutorials use this size. */
const MAX_DEFAULT = 10 * 1024;

/** The size of `/dev/shm` that Docker gives every container, in MiB. */
export const MIN_SHARED_MEMORY = 64;

/**
 * The default size of `/dev/shm` for a container, both in MiB. The 64 MiB that Docker gives by default are not enough for data loaders,
 * which then fail.
 */
export function defaultSharedMemory(memory: number): number {
  return Math.min(MAX_DEFAULT, Math.floor(memory / 4));
}

/** Whether the containers of a task use the host's `/dev/shm`. */
export function sharesHostIpc(task: ecs.CfnTaskDefinition): boolean {
  return task.ipcMode === 'host';
}
