import { Finding, known, Rule } from './rule';

const CAS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html';

const poolHoldsLeast = new Rule({
  id: 'pool-holds-least',
  level: 'error',
  says: 'A pool at its maximum size must have enough slices for the minimum number of tasks of all its services and jobs.',
  source: CAS,
});

const poolHoldsMost = new Rule({
  id: 'pool-holds-most',
  level: 'warning',
  says: 'A pool at its maximum size should have enough slices for the maximum number of tasks of all its services and jobs. Otherwise tasks may wait for a slice.',
  source: CAS,
});

interface Pool {
  readonly node: { readonly path: string };
  readonly tasksPerInstance: number;
  readonly maxInstances?: number;
  readonly slice: { readonly chips?: number[] };
}

interface Consumer {
  readonly path: string;
  least(): number | undefined;
  most(): number | undefined;
}

/** A count, 0 if it is not known. */
const countOf = (count: number | undefined) => (known(count) ? count : 0);

/** Checks that a pool has enough slices for its services and jobs. Counts that are not known count as 0. */
export function checkPoolHolds(pool: Pool, slices: number | undefined, consumers: Consumer[]): Finding[] {
  if (slices === undefined) return [];
  const need = (count: (consumer: Consumer) => number | undefined) => {
    const all = consumers.map((consumer) => ({ path: consumer.path, tasks: countOf(count(consumer)) }));
    return { sum: all.reduce((sum, { tasks }) => sum + tasks, 0), names: all.map(({ path, tasks }) => `${path} (${tasks})`).join(', ') };
  };
  const least = need((consumer) => consumer.least());
  const most = need((consumer) => consumer.most());
  const holds = pool.slice.chips
    ? `The partition has room for ${slices} task${slices === 1 ? '' : 's'} (\`maxInstances\` ${pool.maxInstances}, at most one task per host)`
    : `The pool has ${slices} slice${slices === 1 ? '' : 's'} (\`maxInstances\` ${pool.maxInstances} x \`tasksPerInstance\` ${pool.tasksPerInstance})`;
  const enough = (tasks: number) => `Raise \`maxInstances\` to ${Math.ceil(tasks / pool.tasksPerInstance)} or ask for fewer tasks.`;
  const tooFew = poolHoldsLeast.when(
    least.sum > slices,
    () => `${holds}, but its services and jobs need at least ${least.sum}: ${least.names}. ${enough(least.sum)}`,
  );
  if (tooFew.length > 0) return tooFew;
  return poolHoldsMost.when(
    most.sum > slices,
    () => `${holds}, but its services and jobs may ask for ${most.sum}: ${most.names}. ${enough(most.sum)}`,
  );
}
