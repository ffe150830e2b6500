import { Finding, known, Rule } from './rule';
import { chipsOf, either, shown } from './text';
import { checkSlicesConnected, connects } from './topology-rules';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';

const slicesDivideChips = new Rule({
  id: 'slices-divide-chips',
  level: 'error',
  says: 'The number of tasks per host must divide its chips evenly. Where tasks may share a chip, it may also divide the shares of all chips evenly.',
  source: ECS_NEURON,
});

const awsVpcFits = new Rule({
  id: 'awsvpc-fits',
  level: 'error',
  says: 'In awsvpc network mode a host must have enough network interfaces for itself and one for each of its tasks.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html',
});

const hostPortsCollide = new Rule({
  id: 'host-ports-collide',
  level: 'error',
  says: 'Tasks that share a host must not take the same host port.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-host.html',
});

const networkModeKnown = new Rule({
  id: 'network-mode',
  level: 'error',
  says: 'Tasks with accelerators must be in awsvpc, bridge or host network mode.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html',
});

/** The facts about an instance type that its slices depend on. */
export interface Host {
  readonly name: string;
  readonly chips: number;
  readonly networkCards: number;
  readonly networkInterfacesPerCard: number;
  readonly maxAwsVpcTasks: number;
  readonly maxAwsVpcTasksWithEfa: number;
  /** How many chips a connected set can have. Undefined if any contiguous chips are connected. */
  readonly chipSets?: number[];
}

/** The shares that tasks can take of the chips of a host, such as cores. */
export interface ChipShares {
  /** How many shares all chips of a host have together. The number of chips, if tasks can't share a chip. */
  readonly count: number;
  /** Their name, in the plural. */
  readonly name: string;
}

/** Checks how many equal slices a host is divided into. */
export function checkSlices(host: Host, tasksPerInstance: number, shares: ChipShares): Finding[] {
  const divisible = tasksPerInstance <= host.chips ? host.chips : shares.count;
  const even = Number.isInteger(tasksPerInstance) && tasksPerInstance > 0 && divisible % tasksPerInstance === 0;
  const sharing = divisors(shares.count).filter((n) => n > host.chips);
  const orShare = sharing.length > 0 ? `, or ${either(sharing)} to let tasks share the ${shares.name} of a chip` : '';
  const choices = `Use ${either(divisors(host.chips).filter((n) => connects(host, host.chips / n)))}${orShare}.`;
  if (even) return checkSlicesConnected(host, tasksPerInstance, choices);
  return slicesDivideChips.when(true, () =>
    known(tasksPerInstance)
      ? `\`tasksPerInstance\` must divide the ${chipsOf(host)} evenly, got: ${tasksPerInstance}. ${choices}`
      : `\`tasksPerInstance\` must be known at synth, because cpu, memory and cores are derived from it. ${choices}`,
  );
}

/** Checks the network mode of tasks. */
export function checkNetworkMode(networkMode: string): Finding[] {
  return networkModeKnown.when(
    !['awsvpc', 'bridge', 'host'].includes(networkMode),
    () => `\`networkMode\` must be awsvpc, bridge or host, got: ${networkMode}.`,
  );
}

/** Checks that a host, with or without EFA interfaces, has enough network interfaces for the tasks of its slices. */
export function checkAwsVpcFits(host: Host, tasksPerInstance: number, networkMode: string, efa: boolean): Finding[] {
  const fit = efa ? host.maxAwsVpcTasksWithEfa : host.maxAwsVpcTasks;
  const interfaces = efa
    ? `is only certain to have ${fit + 1} in addition to its EFA interfaces`
    : `has ${host.networkCards * host.networkInterfacesPerCard}`;
  const fewer = fit > 0 ? `, or use at most ${fit} \`tasksPerInstance\`` : '';
  return awsVpcFits.when(
    networkMode === 'awsvpc' && tasksPerInstance > fit,
    () =>
      `\`networkMode\` awsvpc gives each task a network interface. ${tasksPerInstance} task${tasksPerInstance === 1 ? '' : 's'} and the host need ${tasksPerInstance + 1}, ` +
      `but ${host.name} ${interfaces}. Leave \`networkMode\` out to get ${efa && tasksPerInstance === 1 ? 'host' : 'bridge'}${fewer}.`,
  );
}

/** Checks the host ports that the containers of one task take. */
export function checkHostPorts(tasksPerInstance: number, hostPorts: number[]): Finding[] {
  return hostPortsCollide.when(
    tasksPerInstance > 1 && hostPorts.length > 0,
    () =>
      `The containers take host port ${hostPorts.map(shown).join(', ')}, so only one of the ${tasksPerInstance} tasks on a host can start. In bridge mode, ` +
      'leave `hostPort` out, so that each task gets a free port. Host mode needs a pool with `tasksPerInstance` 1.',
  );
}

/** A task definition on a partition, and the host ports that it takes, with their protocol. */
export interface PartitionPorts {
  readonly path: string;
  readonly partition: string;
  readonly ports: string[];
}

/** Checks that tasks of different partitions of a pool, which share hosts, take different host ports. */
export function checkHostPortsApart(tasks: PartitionPorts[]): Finding[] {
  return tasks.flatMap((task, index) =>
    tasks.slice(index + 1).flatMap((other) => {
      const shared = task.partition === other.partition ? [] : task.ports.filter((port) => other.ports.includes(port));
      return hostPortsCollide.when(
        shared.length > 0,
        () =>
          `${task.path} and ${other.path} both take host port ${shared.join(', ')}, so no host can run both at once. In bridge mode, leave ` +
          '`hostPort` out, so that each task gets a free port. In host mode, use other ports for one of them.',
      );
    }),
  );
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}
