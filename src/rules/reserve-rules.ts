import { Size } from 'aws-cdk-lib';
import { MIN_MEMORY } from './container-rules';
import { Finding, known, Rule } from './rule';

const hostReserve = new Rule({
  id: 'host-reserve',
  level: 'error',
  says: 'What hosts keep for other tasks must leave enough for their slices, and must not make room for one more slice.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-autoscaling-best-practice.html',
});

/** The least cpu units that a task can set. */
const MIN_CPU = 128;

/** A host that is divided, and what it keeps. */
export interface ReservingHost {
  readonly instanceType: { readonly name: string; readonly chips: number; readonly cpuUnits: number; readonly registeredMemory: Size };
  readonly tasksPerInstance: number;
  readonly partitions?: number[];
  readonly reservedCpu?: number;
  readonly reservedMemory?: Size;
}

/** Checks what hosts keep for other tasks. */
export function checkReserve(host: ReservingHost): Finding[] {
  const { reservedCpu, reservedMemory } = host;
  return [
    ...(reservedCpu === undefined ? [] : checkReservedCpu(host, reservedCpu)),
    ...(reservedMemory === undefined ? [] : checkReservedMemory(host, reservedMemory)),
  ];
}

/**
 * The most cpu units that a host can keep. One more equal slice must not fit on a host where nothing else runs yet. Host ports keep tasks of
 * partitions apart, so these only need some cpu units.
 */
export function mostReservedCpu({ instanceType, tasksPerInstance, partitions }: ReservingHost): number {
  const { cpuUnits } = instanceType;
  if (partitions) return cpuUnits - forSmallest(MIN_CPU, instanceType.chips, partitions);
  return cpuUnits - tasksPerInstance * (Math.floor(cpuUnits / (tasksPerInstance + 1)) + 1);
}

function checkReservedCpu(host: ReservingHost, reservedCpu: number): Finding[] {
  const { instanceType, tasksPerInstance, partitions } = host;
  const most = mostReservedCpu(host);
  const because = partitions
    ? `so that each partition has ${MIN_CPU} cpu units`
    : `because ECS would place ${tasksPerInstance + 1} tasks on a host before its daemons are there`;
  return hostReserve.when(!known(reservedCpu) || reservedCpu > most, () =>
    known(reservedCpu)
      ? `\`reservedCpu\` must be at most ${most} of the ${instanceType.cpuUnits} cpu units of ${instanceType.name} with ${division(host)}, ${because}, ` +
        `got: ${reservedCpu}. Reserve less and give daemons fewer cpu units, which are a share and not a limit.`
      : `\`reservedCpu\` must be known at synth, because slices are computed from what is left. Use a number up to ${most}.`,
  );
}

function checkReservedMemory(host: ReservingHost, reservedMemory: Size): Finding[] {
  const { instanceType, tasksPerInstance, partitions } = host;
  const needed = partitions ? forSmallest(MIN_MEMORY, instanceType.chips, partitions) : tasksPerInstance * MIN_MEMORY;
  const most = instanceType.registeredMemory.toMebibytes() - needed;
  if (reservedMemory.isUnresolved()) {
    return hostReserve.when(
      true,
      () => `\`reservedMemory\` must be known at synth, because slices are computed from what is left. Use a size up to ${most} MiB.`,
    );
  }
  const reserved = reservedMemory.toMebibytes();
  return hostReserve.when(
    reserved > most,
    () =>
      `\`reservedMemory\` must be at most ${most} MiB on ${instanceType.name} with ${division(host)}, so that each task has memory, got: ` +
      `${reserved} MiB. Reserve less.`,
  );
}

/** What all chips need together so that the smallest partition has `least`. */
function forSmallest(least: number, chips: number, partitions: number[]): number {
  return Math.ceil((least * chips) / Math.min(...partitions));
}

function division({ tasksPerInstance, partitions }: ReservingHost): string {
  return partitions ? `\`partitions\` [${partitions.join(', ')}]` : `\`tasksPerInstance\` ${tasksPerInstance}`;
}
