import { Finding, Rule } from './rule';

const warmPool = new Rule({
  id: 'warm-pool',
  level: 'error',
  says: 'The hosts of a warm pool must not be reused on scale-in, be hibernated, be Spot hosts or be in a Capacity Block.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html',
});

/** The facts about a warm pool that are checked. */
export interface WarmPoolFacts {
  readonly poolState?: unknown;
  readonly reuseOnScaleIn?: unknown;
}

/** Checks a warm pool. `refused` says why the way to buy hosts does not allow one. */
export function checkWarmPool(options: WarmPoolFacts | undefined, refused: string | undefined): Finding[] {
  if (!options) return [];
  return [
    ...warmPool.when(refused !== undefined, () => `\`warmPool\` can't be used with ${refused}. Leave it out.`),
    ...warmPool.when(
      options.reuseOnScaleIn !== undefined && options.reuseOnScaleIn !== false,
      () =>
        '`reuseOnScaleIn` of `warmPool` must be false, because ECS does not support hosts that return to a warm pool. Leave it out, and hosts are ' +
        'terminated on scale-in.',
    ),
    ...warmPool.when(
      options.poolState === 'Hibernated',
      () =>
        '`poolState` of `warmPool` must be STOPPED or RUNNING, got: HIBERNATED. The launch template does not turn hibernation on, and instance ' +
        'types with accelerators do not support it.',
    ),
  ];
}

/** Checks all warm pools of a group, wherever they were added. */
export function checkWarmPools(pools: WarmPoolFacts[], refused: string | undefined): Finding[] {
  return [
    ...pools.flatMap((one) => checkWarmPool(one, refused)),
    ...warmPool.when(
      pools.length > 1,
      () => `The Auto Scaling group has ${pools.length} warm pools, but it can have only one. Use only \`warmPool\` of the pool.`,
    ),
  ];
}
