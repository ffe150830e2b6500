import { Finding, known, Rule } from './rule';

const ROLLING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html';

const deploymentPercent = new Rule({
  id: 'deployment-percent',
  level: 'error',
  says: 'The healthy percentages of a rolling update are whole numbers, the minimum from 0 to 100, the maximum from 100 to 200, and differ.',
  source: ROLLING,
});

const deploymentCompletes = new Rule({
  id: 'deployment-completes',
  level: 'error',
  says: 'A rolling update can complete: it may stop an old task first, or there is a free slice for a new one.',
  source: ROLLING,
});

const deploymentFindsPool = new Rule({
  id: 'deployment-finds-pool',
  level: 'warning',
  says: 'A rolling update over several pools may stop enough tasks to free a slice in the pool where ECS starts the next, which the pages leave open.',
  source: ROLLING,
});

const noHealthCheck = new Rule({
  id: 'no-health-check',
  level: 'warning',
  says: 'A service has a container health check or a load balancer, so that a task counts as healthy only when its model is loaded.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html',
});

/** Checks percentages that a user gives, by themselves. */
export function checkPercentages(minHealthyPercent?: number, maxHealthyPercent?: number): Finding[] {
  const wrong = (value: number | undefined, min: number, max: number) =>
    known(value) && !(Number.isInteger(value) && value! >= min && value! <= max);
  return [
    ...deploymentPercent.when(
      wrong(minHealthyPercent, 0, 100),
      () => `\`minHealthyPercent\` must be a whole number from 0 to 100, got: ${minHealthyPercent}.`,
    ),
    ...deploymentPercent.when(
      wrong(maxHealthyPercent, 100, 200),
      () => `\`maxHealthyPercent\` must be a whole number from 100 to 200, got: ${maxHealthyPercent}.`,
    ),
    ...deploymentPercent.when(
      minHealthyPercent === 100 && maxHealthyPercent === 100,
      () =>
        '`minHealthyPercent` and `maxHealthyPercent` are both 100, so that no task can be replaced. Lower the first or raise the second.',
    ),
  ];
}

/** What decides whether a rolling update completes. */
export interface Rollout {
  /** Old tasks that may stop first, at the smallest desired count. */
  readonly stoppable: number;
  /** Old tasks that have to stop, so that surely one of them is in the pool where the next task goes. */
  readonly mustStop: number;
  /** New tasks that may start first, at the smallest desired count. */
  readonly extra: number;
  /** Slices that are free for it. */
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
        `A rolling update with \`minHealthyPercent\` ${minHealthyPercent} may wait for ever: it may stop ${stoppable} tasks at a time, and all of ` +
        `them may be in another pool of ${pool} than the one where ECS wants to start the next. Leave \`minHealthyPercent\` out, lower it so ` +
        `that ${mustStop} tasks may stop, or keep a slice free in each pool.`,
    );
  }
  return deploymentCompletes.when(
    !surges,
    () =>
      `A rolling update with \`minHealthyPercent\` ${minHealthyPercent} and \`maxHealthyPercent\` ${maxHealthyPercent} can't complete: ` +
      'it may not stop an old task first, and ' +
      (extra < 1
        ? 'the maximum leaves no room for a new one. Raise `maxHealthyPercent` or lower `minHealthyPercent`.'
        : `${pool} has no slice free for a new one${slices === undefined ? ', as far as is known' : ` of its ${slices}`}. ` +
          'Raise `maxInstances`, lower `minHealthyPercent`, or leave both out.'),
  );
}

/** Checks that something tells when a task is ready. */
export function checkHealth(facts: { healthCheck: boolean; loadBalancer: boolean }): Finding[] {
  return noHealthCheck.when(
    !facts.healthCheck && !facts.loadBalancer,
    () =>
      'The service has neither a container health check nor a load balancer: a task counts as healthy before its model is loaded, a rolling ' +
      'update then stops the old tasks too early, and `startup` has no effect. Give `healthCheck` in `container`.',
  );
}
