import { Finding, known, Rule } from './rule';

const CAS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html';

const poolHoldsLeast = new Rule({
  id: 'pool-holds-least',
  level: 'error',
  says: 'A pool at its largest holds the least that its services and jobs need together.',
  source: CAS,
});

const poolHoldsMost = new Rule({
  id: 'pool-holds-most',
  level: 'warning',
  says: 'A pool at its largest may be too small for the most that its services and jobs may ask for together: tasks then wait for a slice.',
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

/** Checks what the consumers of a pool need against what it holds. Counts that aren't known count as none. */
export function checkPoolHolds(pool: Pool, slices: number | undefined, consumers: Consumer[]): Finding[] {
  if (slices === undefined) return [];
  const need = (count: (consumer: Consumer) => number | undefined) => {
    const all = consumers.map((consumer) => ({ path: consumer.path, tasks: known(count(consumer)) ? count(consumer)! : 0 }));
    return { sum: all.reduce((sum, { tasks }) => sum + tasks, 0), names: all.map(({ path, tasks }) => `${path} (${tasks})`).join(', ') };
  };
  const least = need((consumer) => consumer.least());
  const most = need((consumer) => consumer.most());
  const holds = pool.slice.chips
    ? `The partition holds ${slices} tasks (\`maxInstances\` ${pool.maxInstances}, at most one a host)`
    : `The pool holds ${slices} slices (\`maxInstances\` ${pool.maxInstances} x \`tasksPerInstance\` ${pool.tasksPerInstance})`;
  const enough = (sum: number) => `Raise \`maxInstances\` to ${Math.ceil(sum / pool.tasksPerInstance)} or ask for fewer tasks.`;
  const tooFew = poolHoldsLeast.when(
    least.sum > slices,
    () => `${holds}, but what runs on it needs at least ${least.sum}: ${least.names}. ${enough(least.sum)}`,
  );
  if (tooFew.length > 0) return tooFew;
  return poolHoldsMost.when(
    most.sum > slices,
    () => `${holds}, but what runs on it may ask for ${most.sum}: ${most.names}. ${enough(most.sum)}`,
  );
}
