import { Finding, known, Rule } from './rule';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';

const slicesDivideChips = new Rule({
  id: 'slices-divide-chips',
  level: 'error',
  says: 'The tasks of a host divide its chips evenly, or, where they are more than the chips, the parts of the chips.',
  source: ECS_NEURON,
});

const sliceOfChip = new Rule({
  id: 'slice-of-chip',
  level: 'warning',
  says: 'Several tasks share a chip by its cores. The Neuron pages allow that, the ECS page says one task a chip.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/faq.html',
});

const awsVpcFits = new Rule({
  id: 'awsvpc-fits',
  level: 'error',
  says: 'In awsvpc mode each task takes a network interface; the host has enough for all of its tasks and itself.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html',
});

const hostPortsCollide = new Rule({
  id: 'host-ports-collide',
  level: 'error',
  says: 'Tasks that share a host do not ask for the same port of it.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-host.html',
});

const networkModeKnown = new Rule({
  id: 'network-mode',
  level: 'error',
  says: 'Tasks with accelerators are in awsvpc, bridge or host network mode.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html',
});

/** The facts of an instance type that slices are checked against. */
export interface Host {
  readonly name: string;
  readonly chips: number;
  readonly networkCards: number;
  readonly networkInterfacesPerCard: number;
  readonly maxAwsVpcTasks: number;
  readonly maxAwsVpcTasksWithEfa: number;
}

/** The parts of a host that tasks may share chips by. */
export interface Parts {
  readonly count: number;
  /** What one is called, in the plural. */
  readonly name: string;
}

/** Checks how many equal slices a host is divided into. */
export function checkSlices(host: Host, tasksPerInstance: number, parts: Parts): Finding[] {
  const divisible = tasksPerInstance <= host.chips ? host.chips : parts.count;
  const even = Number.isInteger(tasksPerInstance) && tasksPerInstance > 0 && divisible % tasksPerInstance === 0;
  const chips = `${host.chips} chip${host.chips === 1 ? '' : 's'} of ${host.name}`;
  const shared = divisors(parts.count).filter((n) => n > host.chips);
  const choices = `Use ${list(divisors(host.chips))}${shared.length > 0 ? `; or ${list(shared)}, where tasks share a chip by its ${parts.name}` : ''}.`;
  return [
    ...slicesDivideChips.when(!even, () =>
      known(tasksPerInstance)
        ? `\`tasksPerInstance\` must divide the ${chips} evenly, got: ${tasksPerInstance}. ${choices}`
        : `\`tasksPerInstance\` must be known at synth, for cpu, memory and cores derive from it. ${choices}`,
    ),
    ...sliceOfChip.when(
      even && tasksPerInstance > host.chips,
      () =>
        `\`tasksPerInstance\` ${tasksPerInstance} puts ${tasksPerInstance / host.chips} tasks on each chip of ${host.name}, ` +
        `each with ${parts.count / tasksPerInstance} of its ${parts.name}. The Neuron pages allow that, but the Amazon ECS page says one task a chip: ` +
        `try it with your model, or use at most ${host.chips}.`,
    ),
  ];
}

/** Checks a network mode against the slices of a host, with or without EFA interfaces. */
export function checkNetworkMode(host: Host, tasksPerInstance: number, networkMode: string, efa: boolean): Finding[] {
  const fit = efa ? host.maxAwsVpcTasksWithEfa : host.maxAwsVpcTasks;
  const interfaces = efa ? `${fit + 1} surely, beside its EFA interfaces` : host.networkCards * host.networkInterfacesPerCard;
  const fewer = fit > 0 ? `, or use at most ${fit} \`tasksPerInstance\`` : '';
  return [
    ...networkModeKnown.when(
      !['awsvpc', 'bridge', 'host'].includes(networkMode),
      () => `\`networkMode\` must be awsvpc, bridge or host, got: ${networkMode}.`,
    ),
    ...awsVpcFits.when(
      networkMode === 'awsvpc' && tasksPerInstance > fit,
      () =>
        `\`networkMode\` awsvpc gives each task a network interface: ${tasksPerInstance} task${tasksPerInstance === 1 ? '' : 's'} and the host need ${tasksPerInstance + 1}, ` +
        `but ${host.name} has ${interfaces}. Leave \`networkMode\` out to get ${efa && tasksPerInstance === 1 ? 'host' : 'bridge'}${fewer}.`,
    ),
  ];
}

/** Checks the ports of the host that the containers of one task take for themselves. */
export function checkHostPorts(tasksPerInstance: number, hostPorts: number[]): Finding[] {
  return hostPortsCollide.when(
    tasksPerInstance > 1 && hostPorts.length > 0,
    () =>
      `The containers take port ${hostPorts.join(', ')} of the host, so only one of the ${tasksPerInstance} tasks that share it can start. ` +
      'In bridge mode leave `hostPort` out, and each task gets a free port; host mode needs a pool with `tasksPerInstance` 1.',
  );
}

/** A task definition of a partition, and the ports of the host that it takes, with their protocol. */
export interface PartitionPorts {
  readonly path: string;
  readonly partition: string;
  readonly ports: string[];
}

/** Checks that tasks of different partitions, which share hosts, take different ports of them. */
export function checkHostPortsApart(tasks: PartitionPorts[]): Finding[] {
  return tasks.flatMap((task, index) =>
    tasks.slice(index + 1).flatMap((other) => {
      const shared = task.partition === other.partition ? [] : task.ports.filter((port) => other.ports.includes(port));
      return hostPortsCollide.when(
        shared.length > 0,
        () =>
          `${task.path} and ${other.path} both take port ${shared.join(', ')} of the host, so no host can run their two partitions at once. ` +
          'In bridge mode leave `hostPort` out, and each task gets a free port; in host mode give one of them other ports.',
      );
    }),
  );
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

function list(values: number[]): string {
  return values.length === 1 ? `${values[0]}` : `${values.slice(0, -1).join(', ')} or ${values[values.length - 1]}`;
}
