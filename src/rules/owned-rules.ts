import { Finding, Rule } from './rule';

const ownedVariable = new Rule({
  id: 'owned-variable',
  level: 'error',
  says: 'A container must not set the variables that select its cores or devices, because the library sets them.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/neuron-runtime/configuration-guide.html',
});

const ownedDevice = new Rule({
  id: 'owned-device',
  level: 'error',
  says: 'A container must not map accelerator devices, because the library maps them.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html',
});

/** The variables that only the library may set, each with the reason. */
export type OwnedVariables = Readonly<Record<string, string>>;

/** Checks that an environment does not set variables that only the library may set. `where` says whose environment it is. */
export function checkOwnedVariables(where: string, names: string[], owned: OwnedVariables): Finding[] {
  return names
    .filter((name) => Object.keys(owned).includes(name))
    .flatMap((name) => ownedVariable.when(true, () => `\`environment\` of ${where} must not set ${name}: ${owned[name]}`));
}

/** What a container sets, and what only the library may set. */
export interface OwnedFacts {
  readonly container: string;
  /** The names of its variables, from its environment and its secrets. */
  readonly variables: string[];
  /** The host paths of the devices that it maps. */
  readonly devicePaths: string[];
  /** The variables that only the library may set, each with the reason. */
  readonly ownedVariables: OwnedVariables;
  /** The prefixes of the paths of accelerator devices. */
  readonly ownedPathPrefixes: string[];
}

/** Checks that a container does not set what only the library may set. */
export function checkOwned(facts: OwnedFacts): Finding[] {
  return [
    ...checkOwnedVariables(`container ${facts.container}`, facts.variables, facts.ownedVariables),
    ...facts.devicePaths
      .filter((path) => typeof path === 'string' && facts.ownedPathPrefixes.some((prefix) => path.startsWith(prefix)))
      .flatMap((path) =>
        ownedDevice.when(
          true,
          () =>
            `\`linuxParameters\` of container ${facts.container} must not map ${path}, because the library maps the devices of the instance type.`,
        ),
      ),
  ];
}
