import { FIRST_EPHEMERAL, RESERVED_BY_DEFAULT } from './host-port-rules';
import { Finding, known, Rule } from './rule';
import { chipsOf, shown } from './text';
import { checkPartitionsConnected, Topology } from './topology-rules';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const PORT_MAPPING = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html';

const partitionsOrSlices = new Rule({
  id: 'partitions-or-slices',
  level: 'error',
  says: 'Hosts can be divided into equal slices or into partitions, but not both.',
  source: ECS_NEURON,
});

const partitionsFitChips = new Rule({
  id: 'partitions-fit-chips',
  level: 'error',
  says: 'Each partition must be a positive whole number of chips, and all together must not exceed the chips of the instance type.',
  source: ECS_NEURON,
});

const reservedPorts = new Rule({
  id: 'reserved-ports',
  level: 'error',
  says: 'The host ports that stand for chips must not be privileged, ephemeral or used by Docker, and must not be more than a host can reserve.',
  source: PORT_MAPPING,
});

const partitionExists = new Rule({
  id: 'partition-exists',
  level: 'error',
  says: 'The index of a partition must be one that the pool has.',
  source: ECS_NEURON,
});

const partitionNamed = new Rule({
  id: 'partition-named',
  level: 'error',
  says: 'A service or job on a pool with partitions must name its partition.',
  source: ECS_NEURON,
});

const partitionNetworkMode = new Rule({
  id: 'partition-network-mode',
  level: 'error',
  says: 'Tasks that take a partition must be in bridge or host network mode, because only there ECS reserves a host port for one task.',
  source: PORT_MAPPING,
});

const reservedPortTaken = new Rule({
  id: 'reserved-port-taken',
  level: 'error',
  says: 'Containers must not map the ports that stand for the chips of a partition.',
  source: PORT_MAPPING,
});

/** The first port that needs no privileges. */
const FIRST_UNPRIVILEGED = 1024;
/** How many ports a container instance can reserve, including those that are always reserved. */
const MOST_RESERVED = 100;

/** How a user divides hosts. */
export interface Division {
  readonly partitions?: number[];
  readonly tasksPerInstance?: number;
  readonly firstReservedPort?: number;
}

/** Checks the partitions of hosts, and the ports that stand for their chips. */
export function checkPartitions(host: Topology, division: Division): Finding[] {
  const { partitions, tasksPerInstance, firstReservedPort } = division;
  if (!partitions) {
    return reservedPorts.when(
      firstReservedPort !== undefined,
      () => '`firstReservedPort` has no effect without `partitions`. Leave it out.',
    );
  }

  const whole = partitions.length > 0 && partitions.every((count) => Number.isInteger(count) && count > 0);
  const sum = partitions.reduce((total, count) => total + count, 0);
  if (!known(...partitions)) {
    return partitionsFitChips.when(
      true,
      () => '`partitions` must be known at synth, because devices, ports, cpu and memory are derived from them.',
    );
  }
  return [
    ...partitionsOrSlices.when(
      tasksPerInstance !== undefined,
      () =>
        'Give `tasksPerInstance` to divide hosts into equal slices, or `partitions` to divide them into ranges of chips, but not both, ' +
        `got: ${shown(tasksPerInstance)} and [${partitions.join(', ')}].`,
    ),
    ...partitionsFitChips.when(
      !whole,
      () => `\`partitions\` must have at least one entry, each a positive whole number of chips, got: [${partitions.join(', ')}].`,
    ),
    ...partitionsFitChips.when(
      whole && sum > host.chips,
      () => `\`partitions\` together must be at most the ${chipsOf(host)}, got: [${partitions.join(', ')}], which is ${sum}.`,
    ),
    ...(whole ? checkReservedPorts(firstReservedPort, sum) : []),
    ...(whole && sum <= host.chips ? checkPartitionsConnected(host, partitions) : []),
  ];
}

function checkReservedPorts(first: number | undefined, count: number): Finding[] {
  const most = MOST_RESERVED - RESERVED_BY_DEFAULT.length;
  const tooMany = reservedPorts.when(
    count > most,
    () =>
      `\`partitions\` together must be at most ${most} chips, because each chip takes one of the ports that a host can reserve, got: ${count}. ` +
      'Use fewer.',
  );
  if (first === undefined || tooMany.length > 0) return tooMany;
  const lastFirst = FIRST_EPHEMERAL - count;
  const taken = RESERVED_BY_DEFAULT.filter((port) => port >= first && port < first + count);
  const range = `Use a number from ${FIRST_UNPRIVILEGED} to ${lastFirst}, or leave it out.`;
  return [
    ...reservedPorts.when(!known(first) || !(Number.isInteger(first) && first >= FIRST_UNPRIVILEGED && first <= lastFirst), () =>
      known(first)
        ? `\`firstReservedPort\` must be a whole number, and the ports for ${count} chips must be from ${FIRST_UNPRIVILEGED} to ` +
          `${FIRST_EPHEMERAL - 1}, below the ephemeral ports, got: ${first}. ${range}`
        : `\`firstReservedPort\` must be known at synth. ${range}`,
    ),
    ...reservedPorts.when(
      known(first) && first >= FIRST_UNPRIVILEGED && taken.length > 0,
      () =>
        `The ports for ${count} chips must not include ${taken.join(', ')}, which Docker uses, got \`firstReservedPort\`: ${first}. ${range}`,
    ),
  ];
}

interface Pool {
  readonly node: { readonly path: string };
  readonly partitionSlices?: { readonly chips?: number[] }[];
}

/** Checks that a pool has the partition of an index. */
export function checkPartitionExists({ partitionSlices }: Pool, index: number): Finding[] {
  return [
    ...partitionExists.when(
      partitionSlices === undefined,
      () =>
        `\`partition\` needs a pool with \`partitions\`, but this pool has none, got: ${shown(index)}. Use the pool itself as \`capacity\`.`,
    ),
    ...partitionExists.when(
      partitionSlices !== undefined && !(known(index) && partitionSlices[index] !== undefined),
      () => `\`partition\` must be the index of a partition of the pool, got: ${shown(index)}. The pool has: ${list(partitionSlices)}.`,
    ),
  ];
}

/** Checks that a capacity is a partition if its pool is divided into partitions. */
export function checkPartitionNamed({ partitionSlices, node }: Pool): Finding[] {
  return partitionNamed.when(
    partitionSlices !== undefined,
    () =>
      `\`capacity\` ${node.path} is divided into partitions: ${list(partitionSlices)}. Use one of them, for example \`capacity: pool.partition(0)\`.`,
  );
}

/** Checks the network mode of tasks whose slice has host ports. */
export function checkPartitionNetworkMode(hostPorts: number[] | undefined, networkMode: string): Finding[] {
  return partitionNetworkMode.when(
    hostPorts !== undefined && !(known(networkMode) && ['bridge', 'host'].includes(networkMode)),
    () =>
      `\`networkMode\` of tasks that take a partition must be bridge or host, got: ${shown(networkMode)}. ECS keeps other tasks off its chips by ` +
      'host ports, which tasks in other modes do not take. Leave `networkMode` out of a service to get bridge.',
  );
}

/** A port mapping of a container. */
export interface MappedPort {
  readonly container: string;
  /** Whether the container gets the reserved ports. */
  readonly main: boolean;
  /** The first and the last container port of the mapping. */
  readonly containerPorts: [number, number];
  /** The host port that it takes for itself. */
  readonly hostPort?: number;
  readonly protocol: string;
}

/**
 * Checks that containers do not map the reserved ports: on the host for the protocol udp, and in the main container for every protocol,
 * because ECS accepts only one mapping for each container port.
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

/** Partitions in a sentence, each with its index and chips: "0 (chips 0 to 3), 1 (chip 4)". */
function list(slices: { readonly chips?: number[] }[] = []): string {
  const range = (chips: number[]) => (chips.length === 1 ? `chip ${chips[0]}` : `chips ${chips[0]} to ${chips[chips.length - 1]}`);
  return slices.map(({ chips = [] }, index) => `${index} (${range(chips)})`).join(', ');
}
