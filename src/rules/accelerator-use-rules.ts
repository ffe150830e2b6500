import { Rendezvous } from './host-port-rules';
import { Finding, Rule } from './rule';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const NEURON_RUNTIME = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html';

const otherContainer = new Rule({
  id: 'other-container-devices',
  level: 'error',
  says: 'Other containers of a task must not map accelerator devices or name cores, unless all containers with devices name different cores.',
  source: NEURON_RUNTIME,
});

const gpuWhereNone = new Rule({
  id: 'gpu-where-none',
  level: 'error',
  says: 'A container must not request GPUs on hosts that have none.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html',
});

const mixinsAgree = new Rule({
  id: 'mixins-agree',
  level: 'error',
  says: 'The mixins of a task definition must be for the same family, instance type and chips, and for what the task definition is compatible with.',
  source: ECS_NEURON,
});

const mixinOnce = new Rule({
  id: 'mixin-once',
  level: 'error',
  says: 'A mixin must be applied only once to a container, and a mixin for the whole task only once to a task definition.',
  source: ECS_NEURON,
});

/** What a mixin says about a task and its hosts, to be checked together with the other mixins. */
export interface TaskClaim {
  /** The mixin, for messages. */
  readonly by: string;
  /** The accelerator family whose chips the container gets. */
  readonly family?: string;
  /** The instance types of the hosts. */
  readonly hostTypes?: string[];
  /** The compatibilities that the mixin works with. */
  readonly compatibilities: string[];
  /** Whether the mixin can be applied once for each of several containers. */
  readonly forContainer?: boolean;
  /** Where there is no GPU, for messages. Undefined if there may be some. */
  readonly noGpuOn?: string;
  /** The chips that the container gets, or that the slice has. Undefined for all chips of the host. */
  readonly chips?: number[];
  /** The share of the accelerators of the host, at most 1. */
  readonly share?: number;
  /** Whether the program of the container should have only as many OpenMP threads as its slice has vCPUs. */
  readonly limitsThreads?: boolean;
  /** How the processes of the program find each other. Undefined if it has the chips for one process only. */
  readonly rendezvous?: Rendezvous;
  /** Whether the claim is about a slice of a host. */
  readonly slice?: boolean;
  /** The cores that a rendered container names itself, as ids of the host. Undefined if it names none, empty if they are not known. */
  readonly namedCores?: (container: UsedContainer) => number[] | undefined;
}

/** A claim, and the container that it is about. */
export type PlacedClaim = TaskClaim & { readonly container?: string };

/** What a container uses. */
export interface UsedContainer {
  readonly name: string;
  /** The paths of the accelerator devices that it maps, and of device directories of the host that it mounts. */
  readonly paths: string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly gpus: boolean;
}

/** Checks containers that request GPUs. */
export function checkGpus(names: string[], where: string): Finding[] {
  return names.flatMap((name) =>
    gpuWhereNone.when(true, () => `Container ${name} requests GPUs with \`gpuCount\`, but ${where} has none. Leave it out.`),
  );
}

/** Checks that the claims of the mixins of a task definition agree with each other and with the task definition. */
export function checkClaims(claims: PlacedClaim[], compatibilities: string[]): Finding[] {
  return [
    ...claims.flatMap((claim) => checkCompatibility(claim, compatibilities)),
    ...claims.flatMap((claim, index) => claims.slice(index + 1).flatMap((other) => checkPair(claim, other))),
  ];
}

function checkCompatibility({ by, compatibilities: fits }: PlacedClaim, compatibilities: string[]): Finding[] {
  const strange = compatibilities.filter((one) => !fits.includes(one));
  return mixinsAgree.when(
    strange.length > 0,
    () => `\`${by}\` works with ${fits.join(' and ')}, but the task definition is compatible with ${strange.join(' and ')}. Leave one out.`,
  );
}

function checkPair(a: PlacedClaim, b: PlacedClaim): Finding[] {
  const twice = a.by === b.by && (!a.forContainer || a.container === b.container);
  const once = mixinOnce.when(twice, () =>
    a.forContainer
      ? `\`${a.by}\` is applied twice to container ${a.container}. A service or job applies the mixins of its capacity itself. Leave one out.`
      : `\`${a.by}\` is applied twice to the task definition. A service or job applies the mixins of its capacity itself. Leave one out.`,
  );
  if (once.length > 0) return once;
  const types = (claim: PlacedClaim) => [...(claim.hostTypes ?? [])].sort().join(', ');
  return [
    ...mixinsAgree.when(
      a.family !== undefined && b.family !== undefined && a.family !== b.family,
      () => `\`${a.by}\` is for ${a.family} and \`${b.by}\` for ${b.family}, but no host has both. Leave one out.`,
    ),
    ...mixinsAgree.when(
      types(a) !== '' && types(b) !== '' && types(a) !== types(b),
      () => `\`${a.by}\` is for ${types(a)} and \`${b.by}\` for ${types(b)}. Use the same instance type in both.`,
    ),
    ...(a.slice ? checkInSlice(b, a) : b.slice ? checkInSlice(a, b) : []),
  ];
}

/** Checks that a container gets only chips of the slice of its task. */
function checkInSlice(devices: PlacedClaim, slice: PlacedClaim): Finding[] {
  if (devices.family === undefined || devices.share === undefined) return [];
  const outside = slice.chips && !(devices.chips?.every((chip) => slice.chips?.includes(chip)) ?? false);
  const shared = slice.chips === undefined && (slice.share ?? 1) < 1;
  return [
    ...mixinsAgree.when(
      outside === true,
      () =>
        `\`${devices.by}\` maps ${devices.chips ? `devices ${devices.chips.join(', ')}` : 'all devices'}, but the partition of \`${slice.by}\` has ` +
        `${slice.chips?.join(', ')}. Give it \`devices\`: [${slice.chips?.join(', ')}].`,
    ),
    ...mixinsAgree.when(
      shared && (devices.chips !== undefined || devices.share > (slice.share ?? 1) + 1e-9),
      () =>
        `\`${devices.by}\` gives the container ${devices.chips ? 'fixed devices' : 'more than its share'} of a host that \`${slice.by}\` shares among ` +
        'several tasks. Leave `devices` out and set `neuronCores` to the cores of a slice, or use the mixins of the capacity.',
    ),
  ];
}

/** The devices and variables of a family, and the claims on it. */
export interface FamilyUse {
  readonly family: string;
  readonly claims: PlacedClaim[];
  /** Containers that map devices of the family. */
  readonly mapping: UsedContainer[];
  /** Containers without a claim that set variables of the family, and the variables. */
  readonly naming: { readonly container: UsedContainer; readonly variables: string[] }[];
  /** The host's path of a chip, if paths are known by chip. */
  readonly pathOf?: (chip: number) => string;
  /** The chips of the slice, if they are fixed. */
  readonly sliceChips?: number[];
  /** Whether other tasks share the chips of the task's host. */
  readonly shared: boolean;
}

/** Checks that containers share the devices of a task only on purpose. */
export function checkFamilyUse(use: FamilyUse): Finding[] {
  const { family, claims, mapping, shared, sliceChips, pathOf } = use;
  const holders = claims.map(({ container }) => container);
  const byHand = mapping.filter(({ name }) => !holders.includes(name));
  const namedCores = claims.find((claim) => claim.namedCores)?.namedCores;
  const allowed = sliceChips && pathOf && sliceChips.map(pathOf);
  const beyond = byHand.filter(({ paths }) => allowed && paths.some((path) => !allowed.includes(path)));
  const purpose =
    shared || !namedCores
      ? 'Leave it out.'
      : 'Leave it out. If two models share the task on purpose, set NEURON_RT_VISIBLE_CORES of each container that maps devices, each to other cores.';
  const cores = mapping.map((container) => ({ name: container.name, ids: namedCores?.(container) }));
  const onPurpose = !shared && namedCores !== undefined && cores.every(({ ids }) => ids !== undefined);
  const holder = holders[0] ?? 'the main container';
  return [
    ...use.naming
      .filter(({ container }) => !(onPurpose && byHand.includes(container)))
      .flatMap(({ container, variables }) =>
        otherContainer.when(
          true,
          () => `Container ${container.name} sets ${variables.join(', ')}, but ${holder} has the ${family} devices. ${purpose}`,
        ),
      ),
    ...byHand
      .filter((container) => !onPurpose || beyond.includes(container))
      .flatMap(({ name, paths }) =>
        otherContainer.when(true, () => {
          const whose = beyond.some((one) => one.name === name)
            ? 'not all of which belong to the partition of the task'
            : `which ${holder} has`;
          return `Container ${name} maps ${paths.join(', ')}, ${whose}. ${purpose}`;
        }),
      ),
    ...(mapping.length > 1 && (onPurpose || byHand.length === 0) ? checkApart(use, cores) : []),
  ];
}

function checkApart({ claims, family }: FamilyUse, cores: { readonly name: string; readonly ids?: number[] }[]): Finding[] {
  const chipsOf = (name: string) => claims.find(({ container }) => container === name)?.chips;
  return cores.flatMap((a, index) =>
    cores.slice(index + 1).flatMap((b) => {
      const [chipsA, chipsB] = [chipsOf(a.name), chipsOf(b.name)];
      const apart = chipsA !== undefined && chipsB !== undefined && !chipsA.some((chip) => chipsB.includes(chip));
      const unnamed = a.ids === undefined || b.ids === undefined;
      const clash = !apart && (unnamed || a.ids.some((id) => b.ids?.includes(id)));
      return otherContainer.when(
        clash,
        () =>
          `Containers ${a.name} and ${b.name} of one task use the same ${family} ${unnamed ? 'devices' : 'cores'}. Give them different ` +
          '`devices`, or different cores in NEURON_RT_VISIBLE_CORES.',
      );
    }),
  );
}
