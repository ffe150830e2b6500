import { Finding, known, Rule } from './rule';

const devicesExist = new Rule({
  id: 'devices-exist',
  level: 'error',
  says: 'A task maps devices that its instance type has.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

const devicesContiguous = new Rule({
  id: 'devices-contiguous',
  level: 'error',
  says: 'The devices of a task are contiguous.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/troubleshooting.html',
});

const coresExist = new Rule({
  id: 'cores-exist',
  level: 'error',
  says: 'A task asks for no more cores than its devices have.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html',
});

const logicalCoresExist = new Rule({
  id: 'logical-cores-exist',
  level: 'error',
  says: 'Logical cores are configured only where the instance type has them.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html',
});

const ownedVariable = new Rule({
  id: 'owned-variable',
  level: 'error',
  says: 'Variables that say which cores or devices a task has are not set by hand where the library sets them.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html',
});

const ownedDevice = new Rule({
  id: 'owned-device',
  level: 'error',
  says: 'Accelerator devices are not mapped by hand where the library maps them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

/** Which devices and cores a task asks for. */
export interface DeviceFacts {
  readonly instanceType: string;
  /** Devices that the instance type has. */
  readonly chips: number;
  /** The indexes asked for; all when undefined. */
  readonly indexes?: number[];
  readonly cores?: number;
  /** Cores that each device has, and what they are called. */
  readonly coresPerChip: number;
  readonly hasLogicalCores: boolean;
  readonly logicalCoreConfig?: string;
}

/** Checks the devices and cores that a task asks for against its instance type. */
export function checkDevices(facts: DeviceFacts): Finding[] {
  const { instanceType, chips, indexes, cores, coresPerChip } = facts;
  const exist = !indexes || (indexes.length > 0 && indexes.every((index) => Number.isInteger(index) && index >= 0 && index < chips));
  const sorted = [...(indexes ?? [])].sort((a, b) => a - b);
  const available = (indexes?.length ?? chips) * coresPerChip;
  return [
    ...devicesExist.when(
      !exist,
      () =>
        `\`devices\` must be indexes that ${instanceType} has, ${chips === 1 ? '0' : `0 to ${chips - 1}`}, at least one, got: [${indexes!.join(', ')}]. ` +
        'Leave it out for all of them.',
    ),
    ...devicesContiguous.when(
      exist && sorted.some((index, i) => index !== sorted[0] + i),
      () =>
        `\`devices\` must be contiguous and named once, got: [${indexes!.join(', ')}]. Use for example [${sorted.map((_, i) => sorted[0] + i).join(', ')}].`,
    ),
    ...coresExist.when(
      known(cores) && !(Number.isInteger(cores) && cores! >= 1 && cores! <= available),
      () => `\`neuronCores\` must be from 1 to the ${available} of the mapped devices of ${instanceType}, got: ${cores}.`,
    ),
    ...checkLogicalCores(facts),
  ];
}

/** Checks the cores that a container takes by a variable of its own against those of its devices. */
export function checkCoresAsked(container: string, asked: unknown, available: number): Finding[] {
  return coresExist.when(
    typeof asked === 'string' && known(asked) && Number(asked) > available,
    () =>
      `\`environment\` of container ${container} asks for ${String(asked)} cores by NEURON_RT_NUM_CORES, and its devices have ${available}. ` +
      'Leave it out to take all of them.',
  );
}

/** Checks that logical cores are asked for only where there are such. */
export function checkLogicalCores(facts: { instanceType: string; hasLogicalCores: boolean; logicalCoreConfig?: string }): Finding[] {
  return logicalCoresExist.when(
    facts.logicalCoreConfig !== undefined && !facts.hasLogicalCores,
    () =>
      `\`logicalNeuronCoreConfig\` is for types with logical NeuronCores, Trainium2 and later, got: LNC_${facts.logicalCoreConfig} for ` +
      `${facts.instanceType}. Leave it out.`,
  );
}

/** What a container sets by itself that the library owns. */
export interface OwnedFacts {
  readonly container: string;
  /** Names of its variables, from environment and secrets. */
  readonly variables: string[];
  /** Paths on the host of the devices that it maps. */
  readonly devicePaths: string[];
  /** Variables that the library owns here, each with the reason. */
  readonly ownedVariables: Record<string, string>;
  /** What the paths of the accelerator's devices begin with. */
  readonly ownedPathPrefixes: string[];
}

/** Checks that a container doesn't set what the library owns. */
export function checkOwned(facts: OwnedFacts): Finding[] {
  return [
    ...facts.variables
      .filter((name) => name in facts.ownedVariables)
      .flatMap((name) =>
        ownedVariable.when(
          true,
          () => `\`environment\` of container ${facts.container} must not set ${name}: ${facts.ownedVariables[name]}`,
        ),
      ),
    ...facts.devicePaths
      .filter((path) => typeof path === 'string' && facts.ownedPathPrefixes.some((prefix) => path.startsWith(prefix)))
      .flatMap((path) =>
        ownedDevice.when(
          true,
          () =>
            `\`linuxParameters\` of container ${facts.container} must not map ${path}: the devices of the instance type are mapped for it.`,
        ),
      ),
  ];
}
