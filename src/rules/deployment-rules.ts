import { range } from './range';
import { Finding, Rule } from './rule';

const ROLLING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html';

const deploymentPercent = new Rule({
  id: 'deployment-percent',
  level: 'error',
  says: 'The healthy percentages of a rolling update must be whole numbers, the minimum from 0 to 100 and the maximum from 100 to 200, and must differ.',
  source: ROLLING,
});

const deploymentCompletes = new Rule({
  id: 'deployment-completes',
  level: 'error',
  says: 'A rolling update must be able to complete: either it may stop an old task first, or a slice is free for a new one.',
  source: ROLLING,
});

const deploymentFindsPool = new Rule({
  id: 'deployment-finds-pool',
  level: 'warning',
  says: 'A rolling update over several pools should be allowed to stop enough tasks to free a slice in every pool, because the public pages do not say in which pool ECS starts the next task.',
  source: ROLLING,
});

const noHealthCheck = new Rule({
  id: 'no-health-check',
  level: 'warning',
  says: 'A service should have a container health check or a load balancer, so that a task counts as healthy only when its model is loaded.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html',
});

/** Checks the percentages that a user gives. */
export function checkPercentages(minHealthyPercent?: number, maxHealthyPercent?: number): Finding[] {
  return [
    ...range(deploymentPercent, 'minHealthyPercent', minHealthyPercent, 0, 100),
    ...range(deploymentPercent, 'maxHealthyPercent', maxHealthyPercent, 100, 200),
    ...deploymentPercent.when(
      minHealthyPercent === 100 && maxHealthyPercent === 100,
      () => '`minHealthyPercent` and `maxHealthyPercent` are both 100, so no task can be replaced. Lower the first or raise the second.',
    ),
  ];
}

/** The facts that decide whether a rolling update can complete. */
export interface Rollout {
  /** How many old tasks may stop first, at the smallest desired count. */
  readonly stoppable: number;
  /** How many old tasks must stop so that at least one of them is in the pool where ECS starts the next task. */
  readonly mustStop: number;
  /** How many new tasks may start first, at the smallest desired count. */
  readonly extra: number;
  /** How many slices are free for new tasks. */
  readonly free: number;
  readonly minHealthyPercent: number;
  readonly maxHealthyPercent: number;
  readonly pool: string;
  readonly slices?: number;
}

/** Checks that a rolling update can complete. */
export function checkRollout(rollout: Rollout): Finding[] {
  const { stoppable, mustStop, extra, free, minHealthyPercent, maxHealthyPercent, pool, slices } = rollout;
  const surges = extra >= 1 && free >= 1;
  if (stoppable >= 1) {
    return deploymentFindsPool.when(
      !surges && stoppable < mustStop,
      () =>
        `A rolling update with \`minHealthyPercent\` ${minHealthyPercent} may never complete. At most ${stoppable} of its tasks may stop at a time, and ` +
        `ECS may want to start the next task in another pool of ${pool}. Leave \`minHealthyPercent\` out, lower it so that ${mustStop} ` +
        'tasks may stop, or keep a slice free in each pool.',
    );
  }
  return deploymentCompletes.when(
    !surges,
    () =>
      `A rolling update with \`minHealthyPercent\` ${minHealthyPercent} and \`maxHealthyPercent\` ${maxHealthyPercent} can't complete, ` +
      'because it may not stop an old task first, and ' +
      (extra < 1
        ? 'the maximum leaves no room for a new one. Raise `maxHealthyPercent` or lower `minHealthyPercent`.'
        : `${slices === undefined ? `no slice of ${pool} is known to be` : `none of the ${slices} slices of ${pool} is`} free for a new one. ` +
          'Raise `maxInstances`, lower `minHealthyPercent`, or leave both out.'),
  );
}

/** Checks that a service can tell when a task is ready. */
export function checkHealth(facts: { healthCheck: boolean; loadBalancer: boolean }): Finding[] {
  return noHealthCheck.when(
    !facts.healthCheck && !facts.loadBalancer,
    () =>
      'The service has neither a container health check nor a load balancer. A task therefore counts as healthy before its model is loaded, ' +
      'a rolling update stops old tasks too early, and `startup` has no effect. Add `healthCheck` to `container`.',
  );
}
