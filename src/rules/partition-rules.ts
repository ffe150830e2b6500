import { Finding, known, Rule } from './rule';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const PORT_MAPPING = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html';

const partitionsOrSlices = new Rule({
  id: 'partitions-or-slices',
  level: 'error',
  says: 'Hosts are divided into equal slices or into partitions, not both.',
  source: ECS_NEURON,
});

const partitionsFitChips = new Rule({
  id: 'partitions-fit-chips',
  level: 'error',
  says: 'Each partition is a positive whole number of chips, and together they are no more than the instance type has.',
  source: ECS_NEURON,
});

const reservedPorts = new Rule({
  id: 'reserved-ports',
  level: 'error',
  says: 'The ports that stand for chips are neither privileged, ephemeral nor those of Docker, and no more than a host can reserve.',
  source: PORT_MAPPING,
});

const partitionExists = new Rule({
  id: 'partition-exists',
  level: 'error',
  says: 'A partition that is asked for is one that the pool has.',
  source: ECS_NEURON,
});

const partitionNamed = new Rule({
  id: 'partition-named',
  level: 'error',
  says: 'What runs on a pool with partitions names the partition that it takes.',
  source: ECS_NEURON,
});

const partitionNetworkMode = new Rule({
  id: 'partition-network-mode',
  level: 'error',
  says: 'Tasks that take a partition are in bridge or host network mode: only there ECS keeps a port of the host for one task.',
  source: PORT_MAPPING,
});

const reservedPortTaken = new Rule({
  id: 'reserved-port-taken',
  level: 'error',
  says: 'Containers do not map the ports that stand for the chips of a partition.',
  source: PORT_MAPPING,
});

/** Ports of the host that a user may not take are below. */
const FIRST_UNPRIVILEGED = 1024;
/** Where Linux begins to hand out ports by itself. */
const FIRST_EPHEMERAL = 32768;
/** Ports that every container instance has reserved: SSH, Docker, the ECS agent. */
const RESERVED_BY_DEFAULT = [22, 2375, 2376, 51678, 51679, 51680];
/** Ports that a container instance can have reserved, those by default included. */
const MOST_RESERVED = 100;

/** How a user divides hosts. */
export interface Division {
  readonly partitions?: number[];
  readonly tasksPerInstance?: number;
  readonly firstReservedPort?: number;
}

/** Checks the partitions that hosts are divided into, and the ports that stand for their chips. */
export function checkPartitions(host: { readonly name: string; readonly chips: number }, division: Division): Finding[] {
  const { partitions, tasksPerInstance, firstReservedPort } = division;
  if (!partitions) {
    return reservedPorts.when(
      firstReservedPort !== undefined,
      () => '`firstReservedPort` is for pools with `partitions`, and has no effect without. Leave it out.',
    );
  }
  const chips = `${host.chips} chip${host.chips === 1 ? '' : 's'} of ${host.name}`;
  const whole = partitions.length > 0 && partitions.every((count) => Number.isInteger(count) && count > 0);
  const sum = partitions.reduce((total, count) => total + count, 0);
  if (!known(...partitions)) {
    return partitionsFitChips.when(true, () => '`partitions` must be known at synth, for devices, ports, cpu and memory derive from them.');
  }
  return [
    ...partitionsOrSlices.when(
      tasksPerInstance !== undefined,
      () =>
        'Give `tasksPerInstance` or `partitions`, not both: the first divides hosts into equal slices, the second into ranges of chips. ' +
        `Got: ${known(tasksPerInstance) ? tasksPerInstance : 'a value that is not known at synth'} and [${partitions.join(', ')}].`,
    ),
    ...partitionsFitChips.when(
      !whole,
      () => `\`partitions\` must be positive whole numbers of chips, at least one of them, got: [${partitions.join(', ')}].`,
    ),
    ...partitionsFitChips.when(
      whole && sum > host.chips,
      () => `\`partitions\` must together be at most the ${chips}, got: [${partitions.join(', ')}], which is ${sum}.`,
    ),
    ...(whole ? checkReservedPorts(firstReservedPort, sum) : []),
  ];
}

function checkReservedPorts(first: number | undefined, count: number): Finding[] {
  const most = MOST_RESERVED - RESERVED_BY_DEFAULT.length;
  const tooMany = reservedPorts.when(
    count > most,
    () => `\`partitions\` take a port for each chip, and a host can reserve ${most} beside its own, got: ${count} chips. Use fewer.`,
  );
  if (first === undefined || tooMany.length > 0) return tooMany;
  const lastFirst = FIRST_EPHEMERAL - count;
  const taken = RESERVED_BY_DEFAULT.filter((port) => port >= first && port < first + count);
  const range = `Use a number from ${FIRST_UNPRIVILEGED} to ${lastFirst}, or leave it out.`;
  return [
    ...reservedPorts.when(!known(first) || !(Number.isInteger(first) && first >= FIRST_UNPRIVILEGED && first <= lastFirst), () =>
      known(first)
        ? `\`firstReservedPort\` must be a whole number, and it and the ports for ${count} chips from ${FIRST_UNPRIVILEGED} to ` +
          `${FIRST_EPHEMERAL - 1}, below the ephemeral ports, got: ${first}. ${range}`
        : `\`firstReservedPort\` must be known at synth. ${range}`,
    ),
    ...reservedPorts.when(
      known(first) && first >= FIRST_UNPRIVILEGED && taken.length > 0,
      () =>
        `\`firstReservedPort\` ${first} and the ports for ${count} chips must not include ${taken.join(', ')}, which Docker has. ${range}`,
    ),
  ];
}

interface Pool {
  readonly node: { readonly path: string };
  readonly partitionSlices?: { readonly chips?: number[] }[];
}

/** Checks that a pool has a partition. */
export function checkPartitionExists({ partitionSlices }: Pool, index: number): Finding[] {
  return [
    ...partitionExists.when(
      partitionSlices === undefined,
      () => `\`partition\` is for pools with \`partitions\`, and this one has none, got: ${shown(index)}. Use it itself as \`capacity\`.`,
    ),
    ...partitionExists.when(
      partitionSlices !== undefined && !(known(index) && partitionSlices[index] !== undefined),
      () => `\`partition\` must be the index of one that the pool has, got: ${shown(index)}. There are: ${list(partitionSlices!)}.`,
    ),
  ];
}

/** Checks that a capacity is not a pool whose partitions are what tasks run on. */
export function checkPartitionNamed({ partitionSlices, node }: Pool): Finding[] {
  return partitionNamed.when(
    partitionSlices !== undefined,
    () => `\`capacity\` ${node.path} is divided into partitions: ${list(partitionSlices!)}. Name one: \`capacity: pool.partition(0)\`.`,
  );
}

/** Checks the network mode of tasks whose slice has ports of the host. */
export function checkPartitionNetworkMode(hostPorts: number[] | undefined, networkMode: string): Finding[] {
  return partitionNetworkMode.when(
    hostPorts !== undefined && !(known(networkMode) && ['bridge', 'host'].includes(networkMode)),
    () =>
      `\`networkMode\` of tasks that take a partition must be bridge or host, got: ${shown(networkMode)}. ECS keeps other tasks off its chips by ` +
      'ports of the host, which tasks in other modes do not take. Leave `networkMode` out of a service to get bridge.',
  );
}

/** A port mapping of a container. */
export interface MappedPort {
  readonly container: string;
  /** Whether the container is the one that gets the reserved ports. */
  readonly main: boolean;
  /** The first and the last port of the container that is mapped. */
  readonly containerPorts: [number, number];
  /** The port of the host that it takes for itself. */
  readonly hostPort?: number;
  readonly protocol: string;
}

/**
 * Checks that containers leave the reserved ports alone: on the host for the protocol udp, and in the main container for every protocol,
 * since ECS takes one mapping for a port of a container.
 */
export function checkReservedPortsFree(hostPorts: number[] = [], mappings: MappedPort[]): Finding[] {
  const collides = ({ main, containerPorts: [first, last], hostPort, protocol }: MappedPort) =>
    hostPorts.find((port) => (main && port >= first && port <= last) || (protocol === 'udp' && port === hostPort));
  return mappings.flatMap((mapping) => {
    const port = collides(mapping);
    return reservedPortTaken.when(
      port !== undefined,
      () =>
        `\`portMappings\` of container ${mapping.container} must not take port ${port}: ${hostPorts[0]} to ${hostPorts[hostPorts.length - 1]} ` +
        'stand for the chips of the partition. Use another port, or move them with `firstReservedPort`.',
    );
  });
}

function list(slices: { readonly chips?: number[] }[]): string {
  const range = (chips: number[]) => (chips.length === 1 ? `chip ${chips[0]}` : `chips ${chips[0]} to ${chips[chips.length - 1]}`);
  return slices.map(({ chips = [] }, index) => `${index} (${range(chips)})`).join(', ');
}

function shown(value: number | string): string {
  return known(value) ? String(value) : 'a value that is not known at synth';
}
