import { MAX_DISTRIBUTED, MAX_INLINE } from './job-array-setup';
import { TaskFailure } from './task-failure';
import { range } from '../rules/range';
import { Finding, known, Rule } from '../rules/rule';

const jobCount = new Rule({
  id: 'job-count',
  level: 'error',
  says: `A run of a job must have from 1 to ${MAX_DISTRIBUTED} tasks, and an override at most ${MAX_INLINE} if the job has no more.`,
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html',
});

const jobArray = new Rule({
  id: 'job-array',
  level: 'error',
  says: 'What the tasks of a run do side by side must be said for tasks that are independent.',
  source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html',
});

/** The props of a job about its tasks side by side. */
export interface ArrayFacts {
  readonly count?: number;
  readonly maxConcurrency?: number;
  readonly taskFailure?: TaskFailure;
  readonly nodes?: number;
}

/** Checks the props of a job about its tasks side by side. */
export function checkArray({ count, maxConcurrency, taskFailure, nodes }: ArrayFacts): Finding[] {
  const given = Object.entries({ maxConcurrency, taskFailure }).filter(([, value]) => value !== undefined);
  return [
    ...range(jobCount, 'count', count, 1, MAX_DISTRIBUTED),
    ...range(jobArray, 'maxConcurrency', maxConcurrency, 1, MAX_DISTRIBUTED),
    ...jobArray.when(
      nodes !== undefined && given.length > 0,
      () =>
        `\`${given[0][0]}\` can't be combined with \`nodes\`, because nodes always run together and all stop when one fails. ` +
        'Leave it out, or give `count` instead of `nodes`.',
    ),
  ];
}

/** Checks how many tasks a run overrides. `most` is the maximum for runs of the job. */
export function checkRunCount(count: number | undefined, most: number, nodes: number | undefined): Finding[] {
  if (nodes !== undefined) {
    return jobCount.when(
      count !== undefined,
      () => `\`count\` can't be overridden for a job with \`nodes\`: its ${nodes} tasks always run together. Leave \`count\` out.`,
    );
  }
  const tooMany = known(count) && Number.isInteger(count) && count > most && count <= MAX_DISTRIBUTED;
  if (!tooMany) return range(jobCount, 'count', count, 1, MAX_DISTRIBUTED);
  return jobCount.when(
    true,
    () =>
      `\`count\` must be at most ${most}, got: ${count}. For more, set \`count\` or \`maxConcurrency\` of the job to more than ${most}.`,
  );
}
