import { Finding, known, Rule } from './rule';

const STRATEGY = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html';

const strategyPools = new Rule({
  id: 'strategy-pools',
  level: 'error',
  says: 'A strategy is over 2 to 20 pools, each once, of one cluster and with the same slices, for a task definition fits one kind of slice.',
  source: STRATEGY,
});

const strategyNumbers = new Rule({
  id: 'strategy-numbers',
  level: 'error',
  says: 'In a strategy one pool at most has a base, from 0 to 100000; weights are from 0 to 1000, and one at least is more than 0.',
  source: STRATEGY,
});

/** What is checked of a pool in a strategy. */
export interface StrategyPoolFacts {
  readonly path: string;
  readonly cluster: string;
  readonly providers: number;
  readonly instanceType: string;
  readonly tasksPerInstance: number;
  /** What tells partitions apart: their chips and ports. */
  readonly slice: string;
  readonly efaInterfaces: number;
  readonly base?: number;
  readonly weight?: number;
}

/** Checks that pools can share a strategy. */
export function checkStrategyPools(pools: StrategyPoolFacts[]): Finding[] {
  const first = pools[0];
  const twice = pools.find((pool, index) => pools.findIndex(({ path }) => path === pool.path) !== index);
  const nested = pools.find(({ providers }) => providers !== 1);
  return [
    ...strategyPools.when(pools.length < 2 || pools.length > 20, () => `\`pools\` must be 2 to 20 pools, got: ${pools.length}.`),
    ...strategyPools.when(twice !== undefined, () => `\`pools\` has ${twice!.path} twice. Give each pool once.`),
    ...strategyPools.when(
      nested !== undefined,
      () => `\`capacity\` ${nested!.path} is a strategy itself, or has no capacity provider. Give its pools one by one.`,
    ),
    ...pools
      .slice(1)
      .flatMap((pool) => [
        ...strategyPools.when(
          pool.cluster !== first.cluster,
          () => `\`pools\` must be of one cluster, but ${first.path} and ${pool.path} are not. Give both the same \`cluster\`.`,
        ),
      ]),
    ...checkSameInPools(
      'instanceType',
      pools.map(({ path, instanceType }) => ({ path, value: instanceType })),
    ),
    ...checkSameInPools(
      'tasksPerInstance',
      pools.map(({ path, tasksPerInstance }) => ({ path, value: `${tasksPerInstance}` })),
    ),
    ...checkSameInPools(
      'partition',
      pools.map(({ path, slice }) => ({ path, value: slice })),
    ),
    ...checkSameInPools(
      'efa',
      pools.map(({ path, efaInterfaces }) => ({ path, value: `${efaInterfaces > 0}` })),
    ),
  ];
}

/** Checks that pools have the same value of a prop that a task definition depends on. */
export function checkSameInPools(prop: string, [first, ...others]: { readonly path: string; readonly value?: string }[]): Finding[] {
  return others.flatMap(({ path, value }) =>
    strategyPools.when(
      value !== first.value,
      () =>
        `\`pools\` must have the same \`${prop}\`, for a task definition fits one: ${first.path} has ${first.value}, ${path} has ${value}.`,
    ),
  );
}

/** Checks how a strategy divides tasks. `slices` is what the first pool holds, the base that it gets by default. */
export function checkStrategyNumbers(pools: StrategyPoolFacts[], slices: number | undefined): Finding[] {
  const outside = (value: number | undefined, max: number) => known(value) && !(Number.isInteger(value) && value! >= 0 && value! <= max);
  const based = pools.filter(({ base }) => base !== undefined && base !== 0);
  const anyGiven = pools.some(({ base, weight }) => base !== undefined || weight !== undefined);
  return [
    ...pools.flatMap(({ path, base, weight }) => [
      ...strategyNumbers.when(outside(base, 100_000), () => `\`base\` of ${path} must be a whole number from 0 to 100000, got: ${base}.`),
      ...strategyNumbers.when(outside(weight, 1000), () => `\`weight\` of ${path} must be a whole number from 0 to 1000, got: ${weight}.`),
    ]),
    ...strategyNumbers.when(
      based.length > 1,
      () => `Only one pool can have a \`base\`, got: ${based.map(({ path, base }) => `${path} (${base})`).join(', ')}.`,
    ),
    ...strategyNumbers.when(
      pools.every(({ weight }) => weight === 0),
      () => 'At least one pool needs a `weight` of more than 0: ECS has no place for tasks beyond the `base` otherwise.',
    ),
    ...strategyNumbers.when(
      !anyGiven && slices === undefined,
      () => `\`base\` of ${pools[0].path} must be given, for its \`maxInstances\` is not known here: how many tasks go there first.`,
    ),
  ];
}
