/**
 * Makes small changes to the source, one at a time, and tells which of them no test notices.
 *
 *     npm run test:mutation -- --count 100 --seed 7 --under src/run-task
 */
import { createHash } from 'crypto';
import { parseArgs } from 'util';
import { collect, Coverage, filesIn, testsOf } from './mutation/coverage';
import { Mutant, mutantsOf } from './mutation/mutants';
import type { Verdict } from './mutation/worker';
import { WorkerProcess } from './mutation/worker-process';

/** The share of changes that must be noticed, in percent. */
const ENOUGH = 95;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    under: { type: 'string', default: 'src' },
    // Seconds of tests for each change. What no test has noticed by then survives.
    budget: { type: 'string', default: '300' },
    jobs: { type: 'string', default: '1' },
  },
});

/** A random choice, which is the same for the same seed. */
function sample(all: Mutant[], count: number, seed: string): Mutant[] {
  const lot = ({ file, start, end, text }: Mutant) =>
    createHash('sha256')
      .update(JSON.stringify([seed, file, start, end, text]))
      .digest('hex');
  return all
    .map((mutant) => ({ mutant, order: lot(mutant) }))
    .sort((a, b) => a.order.localeCompare(b.order))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/**
 * What noticed a change, undefined if nothing did within the budget. Tests that take ten times as long as without the change have noticed
 * it too.
 */
async function judge(worker: WorkerProcess, { file, start, end, text, block }: Mutant, coverage: Coverage): Promise<string | undefined> {
  const change = { file, start, end, text };
  let left = Number(values.budget);
  for (const { seconds, ...run } of testsOf(block, coverage)) {
    if (left <= 0) break;
    left -= seconds;
    const limit = 30 + 10 * seconds;
    let verdict = await worker.ask<Verdict>({ change, run }, limit);
    // The machine may have been busy.
    if (typeof verdict === 'string') verdict = await worker.ask<Verdict>({ change, run }, 4 * limit);
    if (typeof verdict === 'string') return `${run.file} ${verdict}`;
    if (verdict.noticed !== undefined) return verdict.noticed;
  }
  return undefined;
}

const short = (text: string) => text.replace(/\s+/g, ' ').replace(/\|/g, '\\|').slice(0, 110);

async function main(): Promise<void> {
  const workers = Array.from({ length: Number(values.jobs) }, () => new WorkerProcess());
  console.log('Collecting what each test runs ...');
  const coverage = await collect(workers, console.log);
  const all = filesIn('src')
    .filter((file) => file.startsWith(values.under))
    .flatMap(mutantsOf);
  const queue = sample(all, Number(values.count), values.seed);
  const total = queue.length;
  const survivors: Mutant[] = [];
  let done = 0;
  const work = async (worker: WorkerProcess) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const noticed = await judge(worker, mutant, coverage);
      if (noticed === undefined) survivors.push(mutant);
      const what = `${mutant.file}:${mutant.line} ${short(mutant.was)} -> ${short(mutant.text) || '(left out)'}`;
      console.log(
        `${++done}/${total} ${noticed === undefined ? 'SURVIVED' : 'noticed '} ${what}${noticed ? `\n      by ${short(noticed)}` : ''}`,
      );
    }
  };
  await Promise.all(workers.map(work));
  workers.forEach((worker) => worker.stop());

  const share = ((total - survivors.length) / total) * 100;
  console.log(
    `\n${total - survivors.length} of ${total} changes noticed: ${share.toFixed(1)} % (of ${all.length} under ${values.under}, seed ${values.seed})`,
  );
  if (survivors.length > 0) console.log('\n| where | was | became |\n|---|---|---|');
  for (const { file, line, was, text } of survivors) {
    console.log(`| ${file}:${line} | \`${short(was)}\` | \`${short(text) || '(left out)'}\` |`);
  }
  if (share < ENOUGH) process.exitCode = 1;
}

void main();
