import { createHash } from 'crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { ROOT } from './source';
import type { Run, Trace, Traced } from './worker';
import { WorkerProcess } from './worker-process';

const CACHE = path.join(ROOT, '.mutation');
const TRACE_TIMEOUT = 600;

/** What each test file runs. */
export type Coverage = Map<string, Trace>;

/** Test files that cannot notice a change of the source: they load the compiled package, or read files. */
const WITHOUT_SOURCE = /^test\/(shell\/|lazy-loading\.test\.ts)/;

/** The files in a folder that end in `.ts`, by their path from the root. */
export function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Runs every test file once, or takes what an earlier run has found if neither the source nor the test has changed since. */
export async function collect(workers: WorkerProcess[], say: (line: string) => void): Promise<Coverage> {
  mkdirSync(CACHE, { recursive: true });
  const tests = filesIn('test').filter((file) => file.endsWith('.test.ts') && !WITHOUT_SOURCE.test(file));
  const source = digest(filesIn('src'));
  const coverage: Coverage = new Map();
  const queue = [...tests];
  const work = async (worker: WorkerProcess) => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const trace = await traceOf(worker, file, source);
      for (const problem of problemsOf(trace)) say(`${file}: ${problem} (without a change, so it is left out)`);
      coverage.set(file, trace);
    }
  };
  await Promise.all(workers.map(work));
  return coverage;
}

async function traceOf(worker: WorkerProcess, file: string, source: string): Promise<Trace> {
  const cache = path.join(CACHE, `${digest([...importsOf(file)])}-${source}.json`);
  if (existsSync(cache)) return JSON.parse(readFileSync(cache, 'utf8')) as Trace;
  const trace = await worker.ask<Trace>({ trace: file }, TRACE_TIMEOUT);
  if (typeof trace === 'string') return { load: { milliseconds: 0, blocks: [], error: trace }, tests: [] };
  writeFileSync(cache, JSON.stringify(trace));
  return trace;
}

/** A file of the tests, and those that it imports. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !file.startsWith('test/')) return found;
  found.add(file);
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(ROOT, file), 'utf8'));
  for (const { fileName } of importedFiles.filter((imported) => imported.fileName.startsWith('.'))) {
    const base = path.join(path.dirname(file), fileName);
    const target = [`${base}.ts`, `${base}/index.ts`, `${base}.d.ts`].find((candidate) => existsSync(path.join(ROOT, candidate)));
    if (target) importsOf(target, found);
  }
  return found;
}

function problemsOf({ load, tests }: Trace): string[] {
  const failed = tests.filter(({ error }) => error !== undefined).map(({ name, error }) => `${name}: ${error!.split('\n')[0]}`);
  return load.error === undefined ? failed : [load.error];
}

function digest(files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(path.join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}

/** A test file to run, and how long that takes in seconds. */
export interface TimedRun extends Run {
  readonly seconds: number;
}

/**
 * The tests that run a block, those first that are most likely to notice: files of the same folder, and quick ones.
 *
 * What a file runs when it is loaded matters to all of its tests. Then those tests come first that run other code of the changed file.
 */
export function testsOf(block: string, coverage: Coverage): TimedRun[] {
  const sameFile = `${block.split('#')[0]}#`;
  const direct = runsOf(block, coverage, ({ blocks }) => blocks.includes(block));
  const near = runsOf(block, coverage, ({ blocks }, atLoad) => atLoad && blocks.some((other) => other.startsWith(sameFile)));
  const far = runsOf(block, coverage, ({ blocks }, atLoad) => atLoad && !blocks.some((other) => other.startsWith(sameFile)));
  return [...direct, ...near, ...far];
}

/** The tests that `choose` takes, which is told whether their file runs the block when it is loaded. */
function runsOf(block: string, coverage: Coverage, choose: (test: Traced, atLoad: boolean) => boolean): TimedRun[] {
  const folder = block.split('/')[1];
  const rank = ({ file, seconds }: TimedRun) => (file.startsWith(`test/${folder}/`) ? seconds / 4 : seconds);
  return [...coverage]
    .map(([file, { load, tests }]) => {
      const atLoad = load.blocks.includes(block);
      const chosen = tests.map((test, index) => ({ ...test, index })).filter((test) => test.error === undefined && choose(test, atLoad));
      const milliseconds = load.milliseconds + chosen.reduce((sum, test) => sum + test.milliseconds, 0);
      return { file, only: chosen.map(({ index }) => index), seconds: milliseconds / 1000 };
    })
    .filter(({ only }) => only.length > 0)
    .sort((a, b) => rank(a) - rank(b));
}
