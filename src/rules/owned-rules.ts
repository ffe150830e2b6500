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

/** What a container sets, and what only the library may set. */
export interface OwnedFacts {
  readonly container: string;
  /** The names of its variables, from its environment and its secrets. */
  readonly variables: string[];
  /** The host paths of the devices that it maps. */
  readonly devicePaths: string[];
  /** The variables that only the library may set, each with the reason. */
  readonly ownedVariables: Record<string, string>;
  /** The prefixes of the paths of accelerator devices. */
  readonly ownedPathPrefixes: string[];
}

/** Checks that a container does not set what only the library may set. */
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
            `\`linuxParameters\` of container ${facts.container} must not map ${path}, because the library maps the devices of the instance type.`,
        ),
      ),
  ];
}
