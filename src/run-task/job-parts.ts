import { JobNetwork } from './job-network';
import { ICapacity } from '../capacity/capacity';
import { isSlicedCapacity } from '../capacity/is-ec2-capacity';
import { isFargateCapacity } from '../capacity/is-fargate-capacity';
import { isManagedCapacity } from '../capacity/is-managed-capacity';
import { PoolInstanceType } from '../capacity/pool-instance-type';
import { NodeHosts, OverridesRoom } from '../rules/job-rules';
import { Task } from '../service/task-parts';

/** What a job is made of. */
export interface JobParts {
  readonly capacity: ICapacity;
  readonly task: Task;
  readonly network: JobNetwork;
  /** Tasks of a run that doesn't say how many. */
  readonly count: number;
  /** Tasks that run together, if they do. */
  readonly nodes?: number;
  /** Whether the main container has a memory limit of its own. */
  readonly memoryLimited: boolean;
  /** Whether the task definition says how much memory a task has as a whole. */
  readonly taskMemory: boolean;
  readonly enableExecuteCommand?: boolean;
}

/** Where a run's memory goes: to the task, where the task definition has memory there; else to the main container's limit or reservation. */
export function memoryOverride({ capacity, memoryLimited, taskMemory }: JobParts): 'Memory' | 'MemoryReservation' | 'task' {
  if (isFargateCapacity(capacity) || taskMemory) return 'task';
  return memoryLimited ? 'Memory' : 'MemoryReservation';
}

/** What a run has room for, where the task doesn't decide by itself how large it is. */
export function roomOf(capacity: ICapacity): OverridesRoom | undefined {
  if (isSlicedCapacity(capacity)) {
    return { where: 'on a pool', memory: capacity.slice.memory, of: 'the slice', why: 'The slice decides, so that ECS can count.' };
  }
  if (!isManagedCapacity(capacity)) return undefined;
  const memoryOf = ({ registeredMemory }: PoolInstanceType) => registeredMemory.toMebibytes();
  const largest = capacity.hostTypes.reduce((a, b) => (memoryOf(a) >= memoryOf(b) ? a : b));
  const why = 'They may be what keeps tasks on hosts of their own; the task definition decides.';
  return { where: 'on Managed Instances', memory: largest.registeredMemory, of: largest.name, why };
}

/** The hosts of a job's nodes, where the work is an accelerator's. */
export function nodeHosts(capacity: ICapacity): NodeHosts | undefined {
  if (isSlicedCapacity(capacity)) {
    const { poolInstanceType, efaInterfaces = 0 } = capacity;
    return { efaInterfaces, typeWithEfa: poolInstanceType.efaInterfaces > 0 ? poolInstanceType.name : undefined };
  }
  return isManagedCapacity(capacity) ? { efaInterfaces: 0 } : undefined;
}

/** The placement constraints of a capacity as `RunTask` takes them. Tasks on Managed Instances have theirs in the task definition. */
export function placementConstraintsOf(capacity: ICapacity): { readonly type: string; readonly expression?: string }[] {
  if (isManagedCapacity(capacity)) return [];
  return capacity.placementConstraints.flatMap((constraint) => constraint.toJson());
}
