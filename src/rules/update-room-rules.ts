import { Finding, known, Rule } from './rule';
import { hosts, joined } from './text';

const ROLLING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html';

const updateAtScale = new Rule({
  id: 'deployment-completes-at-scale',
  level: 'warning',
  says: 'A rolling update should be able to complete at every number of tasks that auto scaling may set.',
  source: ROLLING,
});

const updateStopsMany = new Rule({
  id: 'deployment-stops-many',
  level: 'warning',
  says: 'A pool should have enough slices so that a rolling update of several tasks stops at most a quarter of them at a time.',
  source: ROLLING,
});

const updateMeetsJobs = new Rule({
  id: 'deployment-meets-jobs',
  level: 'warning',
  says: 'Jobs whose runs can overlap should not take the slices that rolling updates of services in the same pool need.',
  source: ROLLING,
});

const shiftHasRoom = new Rule({
  id: 'deployment-doubles-tasks',
  level: 'error',
  says: 'A pool must have room for twice the tasks of a service that is deployed by blue/green, linear or canary.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html',
});

const shiftHasRoomAtScale = new Rule({
  id: 'deployment-doubles-tasks-at-scale',
  level: 'warning',
  says: 'A pool should have room for twice the most tasks that auto scaling may set for a service that is deployed by blue/green, linear or canary.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html',
});

/** A deployment that a pool may not have room for. */
export interface UpdateFacts {
  readonly pool: string;
  /** Whether the pool is a strategy of several pools. */
  readonly several: boolean;
  /** The number of tasks that the service wants. */
  readonly tasks: number;
  /** The number of those that the pool is certain to hold. */
  readonly running: number;
  /** How many more hosts each pool needs. Undefined if the size of the pool is not known. */
  readonly moreHosts?: number;
}

/** A rolling update, with its percentages. */
export interface RollingFacts extends UpdateFacts {
  readonly minHealthyPercent: number;
  readonly maxHealthyPercent: number;
}

/** What to do about missing room. */
const raise = ({ pool, several, moreHosts }: UpdateFacts) =>
  moreHosts === undefined
    ? `The maximum size of ${pool} is not known. Give \`maxInstances\``
    : `Raise \`maxInstances\` of ${several ? 'each pool of ' : ''}${pool} by ${hosts(moreHosts)}`;

const heldBy = ({ pool, tasks, running }: UpdateFacts) => (running < tasks ? `, of which ${pool} is only certain to hold ${running}` : '');

/** Checks that an update that completes at the lowest number of tasks also completes at higher ones. */
export function checkUpdateAtScale(stuck?: RollingFacts): Finding[] {
  return stuck === undefined
    ? []
    : updateAtScale.when(
        true,
        () =>
          `A rolling update with \`minHealthyPercent\` ${stuck.minHealthyPercent} and \`maxHealthyPercent\` ${stuck.maxHealthyPercent} can't ` +
          `complete while the service wants ${stuck.tasks} tasks${heldBy(stuck)}: it may not stop an old task first, and no slice is free for ` +
          `a new one. ${raise(stuck)}, lower \`minHealthyPercent\` or \`maxCapacity\`, or leave both percentages out.`,
      );
}

/** Checks how many tasks an update may stop at a time. `wanted` is the minimum with which it stops at most a quarter of them. */
export function checkStopsMany(facts: RollingFacts | undefined, wanted: number): Finding[] {
  if (facts === undefined || facts.minHealthyPercent >= wanted) return [];
  const { tasks, minHealthyPercent } = facts;
  const kept = Math.ceil((tasks * minHealthyPercent) / 100);
  return updateStopsMany.when(
    true,
    () =>
      `A rolling update stops old tasks before it starts new ones, because a slice may not be free for a new one. Of ${tasks} tasks` +
      `${heldBy(facts)}, it may leave only ${kept} running until new ones have started (\`minHealthyPercent\` ${minHealthyPercent}). ` +
      `${raise(facts)} to stop at most a quarter of them at a time.`,
  );
}

/** Checks that runs of jobs leave room for the updates of a service. */
export function checkJobsLeaveRoom(facts: { jobs: string[]; pool: string; inPlace: boolean; waits: boolean }): Finding[] {
  const effect = facts.waits
    ? 'may wait until runs end, longer than CloudFormation does'
    : 'stop old tasks before they start new ones, so that they complete in any case';
  return updateMeetsJobs.when(
    facts.waits || facts.inPlace,
    () =>
      `Runs of ${joined(facts.jobs)} start by themselves and can overlap. They may take all slices of ${facts.pool} that are free for rolling updates ` +
      `of this service. Its updates ${effect}. Give the job a pool of its own, start it less often, or reduce its \`timeout\` or the pool's other load.`,
  );
}

/** Checks that a service can run twice. `least` and `most` are undefined if there is room, or if it is not known. */
export function checkRoomTwice(strategy: string, least?: UpdateFacts, most?: UpdateFacts): Finding[] {
  const message = (facts: UpdateFacts) => () =>
    `The service is deployed by ${strategy}, which runs all ${facts.tasks} new task${facts.tasks === 1 ? '' : 's'} beside the ` +
    `${facts.tasks} old one${facts.tasks === 1 ? '' : 's'}, but ${facts.pool} ` +
    (facts.moreHosts === undefined ? 'is not known to have room for them. ' : 'has no room for them. ') +
    `${raise(facts)}, or use a rolling update.`;
  if (least && known(least.moreHosts)) return shiftHasRoom.when(true, message(least));
  return most ? shiftHasRoomAtScale.when(true, message(most)) : [];
}
