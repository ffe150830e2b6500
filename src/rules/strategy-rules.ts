import { Finding, known, Rule } from './rule';

const STRATEGY = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html';

const strategyPools = new Rule({
  id: 'strategy-pools',
  level: 'error',
  says: 'A strategy must have from 2 to 20 different pools of the same cluster and with the same slices, because a task definition fits one kind of slice.',
  source: STRATEGY,
});

const strategyNumbers = new Rule({
  id: 'strategy-numbers',
  level: 'error',
  says: 'In a strategy at most one pool can have a base, from 0 to 100000. Weights must be from 0 to 1000, and at least one must be more than 0.',
  source: STRATEGY,
});

/** The facts about a pool in a strategy that are checked. */
export interface StrategyPoolFacts {
  readonly path: string;
  readonly cluster: string;
  /** How many capacity providers the pool has. */
  readonly providers: number;
  readonly instanceType: string;
  readonly tasksPerInstance: number;
  /** What distinguishes partitions: their chips and ports. */
  readonly slice: string;
  readonly cpuUnits: number;
  /** In MiB. */
  readonly memory: number;
  readonly efaInterfaces: number;
  readonly base?: number;
  readonly weight?: number;
}

/** Checks that pools can be combined in a strategy. */
export function checkStrategyPools(pools: StrategyPoolFacts[]): Finding[] {
  const first = pools[0];
  const twice = pools.find((pool, index) => pools.findIndex(({ path }) => path === pool.path) !== index);
  const nested = pools.find(({ providers }) => providers !== 1);
  return [
    ...strategyPools.when(pools.length < 2 || pools.length > 20, () => `\`pools\` must have from 2 to 20 pools, got: ${pools.length}.`),
    ...strategyPools.when(twice !== undefined, () => `\`pools\` has ${twice?.path} more than once. Give each pool once.`),
    ...strategyPools.when(
      nested !== undefined,
      () =>
        `\`capacity\` ${nested?.path} in \`pools\` must be a pool, but it is a strategy itself or has no capacity provider. Give each pool by itself.`,
    ),
    ...pools
      .slice(1)
      .flatMap((pool) =>
        strategyPools.when(
          pool.cluster !== first.cluster,
          () => `\`pools\` must be in the same cluster, but ${first.path} and ${pool.path} are not. Give both the same \`cluster\`.`,
        ),
      ),
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
      'reservedCpu',
      pools.map(({ path, cpuUnits }) => ({ path, value: `slices of ${cpuUnits} cpu units` })),
    ),
    ...checkSameInPools(
      'reservedMemory',
      pools.map(({ path, memory }) => ({ path, value: `slices of ${memory} MiB` })),
    ),
    ...checkSameInPools(
      'efa',
      pools.map(({ path, efaInterfaces }) => ({ path, value: `${efaInterfaces > 0}` })),
    ),
  ];
}

/** Checks that pools have the same value of a prop that task definitions depend on. */
export function checkSameInPools(prop: string, [first, ...others]: { readonly path: string; readonly value?: string }[]): Finding[] {
  return others.flatMap(({ path, value }) =>
    strategyPools.when(
      value !== first.value,
      () =>
        `\`pools\` must have the same \`${prop}\`, because a task definition fits only one, but ${first.path} has ${first.value} and ${path} has ${value}.`,
    ),
  );
}

/** Checks how a strategy divides tasks. `slices` is the number of slices in the first pool, which is its default base. */
export function checkStrategyNumbers(pools: StrategyPoolFacts[], slices: number | undefined): Finding[] {
  const outside = (value: number | undefined, max: number) => known(value) && !(Number.isInteger(value) && value >= 0 && value <= max);
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
      () => 'At least one pool must have a `weight` of more than 0, because ECS places all tasks beyond the `base` by weight.',
    ),
    ...strategyNumbers.when(
      !anyGiven && slices === undefined,
      () =>
        `\`base\` of ${pools[0].path}, the number of tasks that go there first, must be given because its \`maxInstances\` is not known.`,
    ),
  ];
}
