import { Finding, known, Rule } from '../rules/rule';
import { checkCoresConnected, checkDevicesConnected } from '../rules/topology-rules';

const devicesExist = new Rule({
  id: 'devices-exist',
  level: 'error',
  says: 'A task can only map devices that its instance type has.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const devicesContiguous = new Rule({
  id: 'devices-contiguous',
  level: 'error',
  says: 'The devices of a task must be contiguous.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/troubleshooting.html',
});

const coresExist = new Rule({
  id: 'cores-exist',
  level: 'error',
  says: 'A task must not use more NeuronCores than its devices have.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html',
});

const logicalCoresExist = new Rule({
  id: 'logical-cores-exist',
  level: 'error',
  says: 'Logical NeuronCores can only be configured on instance types that have them.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html',
});

/** The devices and cores that a task uses. */
export interface DeviceFacts {
  readonly instanceType: string;
  /** How many devices the instance type has. */
  readonly chips: number;
  /** How many chips a connected set can have. Undefined if any contiguous chips are connected. */
  readonly chipSets?: number[];
  /** The indexes of the devices. Undefined means all devices. */
  readonly indexes?: number[];
  readonly cores?: number;
  /** How many cores each device has. */
  readonly coresPerChip: number;
  readonly hasLogicalCores: boolean;
  readonly logicalCoreConfig?: string;
}

/** Checks the devices and cores of a task against its instance type. */
export function checkDevices(facts: DeviceFacts): Finding[] {
  const { instanceType, chips, indexes, cores, coresPerChip } = facts;
  const exist = !indexes || (indexes.length > 0 && indexes.every((index) => Number.isInteger(index) && index >= 0 && index < chips));
  const sorted = [...(indexes ?? [])].sort((a, b) => a - b);
  const available = (indexes?.length ?? chips) * coresPerChip;
  return [
    ...devicesExist.when(
      !exist,
      () =>
        `\`devices\` must be at least one index of a device that ${instanceType} has, ${chips === 1 ? '0' : `from 0 to ${chips - 1}`}, ` +
        `got: [${indexes?.join(', ')}]. Leave it out to use all devices.`,
    ),
    ...devicesContiguous.when(
      exist && sorted.some((index, i) => index !== sorted[0] + i),
      () =>
        `\`devices\` must be contiguous, and each index given once, got: [${indexes?.join(', ')}]. ` +
        `Use for example [${sorted.map((_, i) => sorted[0] + i).join(', ')}].`,
    ),
    ...coresExist.when(
      known(cores) && !(Number.isInteger(cores) && cores >= 1 && cores <= available),
      () =>
        `\`neuronCores\` must be a whole number from 1 to ${available}, the cores of the mapped devices of ${instanceType}, got: ${cores}.`,
    ),
    ...(exist ? checkConnected(facts) : []),
    ...checkLogicalCores(facts),
  ];
}

function checkConnected({ instanceType: name, chips, chipSets, indexes, cores, coresPerChip }: DeviceFacts): Finding[] {
  const type = { name, chips, chipSets };
  return [
    ...(indexes ? checkDevicesConnected(type, indexes) : []),
    ...(known(cores) ? checkCoresConnected(type, cores, coresPerChip) : []),
  ];
}

/** Checks the number of cores that a container sets in its environment against the cores of its devices. */
export function checkCoresAsked(container: string, asked: unknown, available: number): Finding[] {
  return coresExist.when(
    typeof asked === 'string' && known(asked, Number(asked)) && !(/^[1-9]\d*$/.test(asked.trim()) && Number(asked) <= available),
    () =>
      `\`environment\` of container ${container} sets NEURON_RT_NUM_CORES to ${String(asked)}, but it must be a whole number from 1 to ` +
      `${available}, the cores of its devices. Leave it out to use all of them.`,
  );
}

/** The ids of cores that a value of NEURON_RT_VISIBLE_CORES names, such as `0-3,6`. Undefined if it has another form. */
export function coreIds(value: string): number[] | undefined {
  const parts = value.split(',').map((part) => /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part));
  if (!parts.every((part) => part !== null)) return undefined;
  return parts.flatMap(([, first, last = first]) =>
    Array.from({ length: Math.max(0, Math.min(Number(last) - Number(first) + 1, 1024)) }, (_, index) => Number(first) + index),
  );
}

/** Checks the cores that a container names. Ids count from the first core of its first device. */
export function checkVisibleCores(container: string, asked: unknown, available: number): Finding[] {
  // A number that is not known at synth looks like a huge number as text.
  if (typeof asked !== 'string' || !known(asked, Number(asked))) return [];
  const ids = coreIds(asked);
  return coresExist.when(
    !ids || ids.length === 0 || ids.some((id) => id >= available),
    () =>
      `\`environment\` of container ${container} sets NEURON_RT_VISIBLE_CORES to ${asked}, but its devices have ${available} cores, ` +
      `${available === 1 ? '0' : `0 to ${available - 1}`}. Use ids or a range of them, for example 0-${available - 1}.`,
  );
}

/** Checks that logical cores are configured only on an instance type that has them. */
export function checkLogicalCores(facts: { instanceType: string; hasLogicalCores: boolean; logicalCoreConfig?: string }): Finding[] {
  return logicalCoresExist.when(
    facts.logicalCoreConfig !== undefined && !facts.hasLogicalCores,
    () =>
      `\`logicalNeuronCoreConfig\` is only for types with logical NeuronCores, Trainium2 and later, got: LNC_${facts.logicalCoreConfig} for ` +
      `${facts.instanceType}. Leave it out.`,
  );
}
