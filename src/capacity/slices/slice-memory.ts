import { aws_ecs as ecs } from 'aws-cdk-lib';
import { MainContainer, MIN_MEMORY, reservedMemory, sum } from '../../rules/container-rules';
import { known } from '../../rules/rule';
import { CapacitySlice } from '../capacity';
import { defaultSharedMemory, MIN_SHARED_MEMORY } from '../task/shared-memory';
import { taskMemoryOf } from '../task/task-containers';

/** What decides the memory of the main container of a slice. All sizes are in MiB. */
interface SliceShare {
  /** The memory that other containers leave. */
  readonly room: number;
  readonly main: MainContainer;
  /** The size of `/dev/shm` that is set outside the container. */
  readonly wanted?: number;
  readonly hostIpc: boolean;
}

/** The memory that all containers of a task can have together: that of the slice, or of the task as a whole if it sets less. */
export function memoryOfSlice(slice: CapacitySlice, task: ecs.CfnTaskDefinition): number {
  const memory = slice.memory.toMebibytes();
  return Math.min(memory, taskMemoryOf(task) ?? memory);
}

/**
 * The memory of the main container of a slice. Reserved memory, `/dev/shm` and tmpfs mounts are together at most the room, so that all tasks
 * of a host fit, whether or not ECS counts `/dev/shm` and tmpfs in addition to what containers reserve.
 */
export function sliceMemory({ room, main, wanted, hostIpc }: SliceShare): { memoryReservation?: number; sharedMemorySize?: number } {
  const free = room - sum(main.tmpfs ?? []);
  const own = reservedMemory(main);
  const limit = known(main.memory) ? Math.min(free, main.memory) : free;
  const fallback = Math.min(defaultSharedMemory(limit), known(own) ? free - own : free);
  // Docker gives every container this much anyway.
  const sharedMemorySize = wanted ?? main.sharedMemory ?? (hostIpc || fallback < MIN_SHARED_MEMORY ? undefined : fallback);
  return {
    memoryReservation: own === undefined ? Math.max(MIN_MEMORY, free - sum([sharedMemorySize])) : main.memoryReservation,
    sharedMemorySize,
  };
}
