import { sum } from './container-rules';
import { Finding, Rule } from './rule';
import { joined } from './text';

const MEMORY = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html';

const daemonTakesSlice = new Rule({
  id: 'daemon-takes-slice',
  level: 'error',
  says: 'The cpu units of daemon services on the hosts of a pool must fit beside its slices. Otherwise a host never runs all of its tasks.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html',
});

const guestTakesSlice = new Rule({
  id: 'guest-takes-slice',
  level: 'warning',
  says: 'Tasks without a slice on the hosts of a pool should fit beside its slices. Otherwise they keep other tasks off.',
  source: MEMORY,
});

const guestSizeUnknown = new Rule({
  id: 'guest-size-unknown',
  level: 'warning',
  says: 'Tasks without a slice on the hosts of a pool should have a size that is known at synth, because they should fit beside its slices.',
  source: MEMORY,
});

/** Tasks that may run on the hosts of a pool and take no slice. */
export interface Guest {
  /** The construct path of the service or the task definition. */
  readonly path: string;
  /** Whether ECS runs one of its tasks on each host. */
  readonly daemon: boolean;
  /** Whether they certainly run on the hosts of the pool. */
  readonly certain: boolean;
  /** How many of its tasks may run on one host. */
  readonly tasks: number;
  /** The cpu units of a task. Undefined if they are not known at synth. */
  readonly cpu?: number;
  /** The memory of a task in MiB. Undefined if it is not known at synth. */
  readonly memory?: number;
}

/** A pool, and what the slices of a host leave. */
export interface Left {
  readonly path: string;
  readonly cpu: number;
  /** The memory that is certain to be left, in MiB. */
  readonly memory: number;
  /** The most cpu units that the pool can keep back. */
  readonly mostCpu: number;
}

/** Checks the tasks without a slice that share the hosts of a pool. */
export function checkGuests(guests: Guest[], left: Left): Finding[] {
  const unknown = guests.filter(({ cpu, memory }) => cpu === undefined || memory === undefined);
  const daemons = guests.filter(({ daemon, certain, cpu }) => daemon && certain && cpu);
  const wrong = checkDaemons(daemons, left);
  return [
    ...wrong,
    ...(wrong.length > 0 ? [] : checkAll(guests, left)),
    ...guestSizeUnknown.when(
      unknown.length > 0,
      () =>
        `The cpu or the memory of ${joined(unknown.map(({ path }) => path))} is not known at synth, so nothing checks that it fits beside the slices ` +
        `of ${left.path}, which leave ${size(left)} of each host. Make sure that it does, and acknowledge this warning.`,
    ),
  ];
}

function checkDaemons(daemons: Guest[], left: Left): Finding[] {
  const cpu = sum(daemons.map((daemon) => daemon.cpu));
  const noun = daemons.length === 1 ? 'daemon' : 'daemons';
  const remedy =
    cpu <= left.mostCpu
      ? `Set \`reservedCpu\` of the pool to ${cpu}, or \`cpu\` of the ${noun} to 0.`
      : `Set \`cpu\` of the ${noun} to at most ${left.mostCpu} in all, which is the most that \`reservedCpu\` of the pool can be, or to 0.`;
  return daemonTakesSlice.when(
    cpu > left.cpu,
    () =>
      `Each host of ${left.path} runs the ${noun} ${joined(daemons.map(named))}, but its slices leave only ${left.cpu} cpu units. A host never has ` +
      `room for all its tasks. ${remedy}`,
  );
}

function checkAll(guests: Guest[], left: Left): Finding[] {
  const cpu = sum(guests.map((guest) => guest.tasks * (guest.cpu ?? 0)));
  const memory = sum(guests.map((guest) => guest.tasks * (guest.memory ?? 0)));
  const props = [
    ...(cpu > left.cpu ? [`\`reservedCpu\` of the pool to ${cpu}`] : []),
    ...(memory > left.memory ? [`\`reservedMemory\` to ${memory} MiB`] : []),
  ];
  return guestTakesSlice.when(
    props.length > 0,
    () =>
      `${joined(guests.map(named))} may run on a host of ${left.path} without a slice. Its slices leave only ${size(left)}, so a task that needs ` +
      `a slice may not fit. Set ${joined(props)}, keep these tasks off with a capacity provider strategy or a placement constraint, or acknowledge ` +
      'this warning.',
  );
}

function named({ path, tasks, cpu = 0, memory = 0 }: Guest): string {
  return `${path} (${tasks > 1 ? `${tasks} x ` : ''}${size({ cpu, memory })})`;
}

function size({ cpu, memory }: { readonly cpu: number; readonly memory: number }): string {
  return `${cpu} cpu units and ${memory} MiB`;
}
