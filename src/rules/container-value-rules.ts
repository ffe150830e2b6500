import { Finding, known, Rule } from './rule';

const variableOnce = new Rule({
  id: 'variable-once',
  level: 'error',
  says: 'A variable of a container must be set once: in its environment, or as a secret.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html',
});

const ulimitOrder = new Rule({
  id: 'ulimit-order',
  level: 'error',
  says: 'The soft limit of a ulimit must be at most its hard limit, or the container does not start.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html',
});

/** A limit of the processes of a container. -1 is unlimited. */
interface UlimitFacts {
  readonly name: string;
  readonly softLimit?: number;
  readonly hardLimit?: number;
}

/** The values of a container that are checked together. */
export interface ContainerValues {
  readonly name: string;
  /** The names of the variables in its environment. */
  readonly variables: string[];
  /** The names of the variables that are secrets. */
  readonly secrets: string[];
  readonly ulimits: UlimitFacts[];
}

/** Checks values of a container that contradict each other. */
export function checkContainerValues({ name, variables, secrets, ulimits }: ContainerValues): Finding[] {
  const twice = secrets.filter((secret) => known(secret) && variables.includes(secret));
  const unlimited = (limit: number) => (limit === -1 ? Infinity : limit);
  return [
    ...variableOnce.when(
      twice.length > 0,
      () =>
        `Container ${name} has ${twice.join(', ')} in \`environment\` and in \`secrets\`, and ECS refuses a variable that is set twice. Leave one out.`,
    ),
    ...ulimits.flatMap(({ name: ulimit, softLimit, hardLimit }) =>
      ulimitOrder.when(
        known(softLimit) && known(hardLimit) && unlimited(softLimit) > unlimited(hardLimit),
        () =>
          `\`softLimit\` of \`ulimits\` ${ulimit} of container ${name} must be at most \`hardLimit\`, got: ${softLimit} and ${hardLimit}. -1 is unlimited.`,
      ),
    ),
  ];
}
