/** Runs test files in a process of its own, on the source as it is or with one change. See test-mutation.ts. */
import { readFileSync } from 'fs';
import Module, { createRequire } from 'module';
import * as path from 'path';
import * as ts from 'typescript';
import { HIT, instrumented } from './blocks';
import { MiniJest } from './mini-jest';
import { edited, Edit, parse, ROOT } from './source';

/** A test file, and which of its tests run. */
export interface Run {
  readonly file: string;
  /** The indexes of the tests; all if left out. */
  readonly only?: number[];
}

/** What the parent asks: what runs in a test file, or whether any of some tests notices a change. */
export type Task = { readonly trace: string } | { readonly change: Edit & { readonly file: string }; readonly run: Run };

/** What ran while a test file was loaded, and in each of its tests. */
export interface Trace {
  readonly load: Traced;
  readonly tests: (Traced & { readonly name: string })[];
}

export interface Traced {
  readonly milliseconds: number;
  readonly blocks: string[];
  /** The message of an error. */
  readonly error?: string;
}

/** The test that noticed a change, and its message; nothing if none did. */
export interface Verdict {
  readonly noticed?: string;
}

const OURS = /^(src|test|scripts|examples)\//;
const compilerOptions: ts.CompilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

let change: (Edit & { readonly file: string }) | undefined;
let tracing = false;
let blocks = new Set<string>();
let mocks = new Map<string, unknown>();

const compiled = new Map<string, string>();

function compile(file: string): string {
  const text = textOf(file);
  const known = compiled.get(file + text);
  if (known !== undefined) return known;
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: file });
  compiled.set(file + text, outputText);
  return outputText;
}

function textOf(file: string): string {
  if (tracing && file.startsWith('src/')) return instrumented(parse(file));
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return change?.file === file ? edited(text, [change]) : text;
}

/** Node.js has no types for these. */
const loader = Module as unknown as {
  _extensions: Record<string, (module: { _compile(code: string, file: string): void }, file: string) => void>;
  _load: (request: string, parent: unknown, main: boolean) => unknown;
  _resolveFilename: (request: string, ...rest: unknown[]) => string;
};
const { _load: load, _resolveFilename: resolve } = loader;
loader._extensions['.ts'] = (module, file) => module._compile(compile(path.relative(ROOT, file)), file);
loader._load = (request, parent, main) => (mocks.has(request) ? mocks.get(request) : load(request, parent, main));
loader._resolveFilename = (request, ...rest) => resolve(request === 'cdk-ecs-ml' ? path.join(ROOT, 'src') : request, ...rest);

(globalThis as Record<string, unknown>)[HIT] = (block: string) => blocks.add(block);

/** Forgets all modules of the project, so that a test file starts with fresh ones. */
function forget(): void {
  mocks = new Map();
  for (const file of Object.keys(require.cache)) {
    const ours = path.relative(ROOT, file);
    if (OURS.test(ours) && !ours.startsWith('scripts/mutation/')) delete require.cache[file];
  }
}

/** Loads a test file. Throws what it throws. */
function loadTests(file: string): MiniJest {
  forget();
  const absolute = path.join(ROOT, file);
  const tests = new MiniJest(absolute);
  mocks = tests.mocks;
  createRequire(__filename)(absolute);
  return tests;
}

async function trace(file: string): Promise<Trace> {
  tracing = true;
  blocks = new Set();
  let from = performance.now();
  const seen = (error?: unknown): Traced => {
    const result = {
      milliseconds: Math.round(performance.now() - from),
      blocks: [...blocks],
      ...(error === undefined ? {} : { error: String(error) }),
    };
    blocks = new Set();
    from = performance.now();
    return result;
  };
  try {
    const tests = loadTests(file);
    const loaded = seen();
    const traced: Trace['tests'] = [];
    await tests.run(undefined, ({ name, error }) => {
      traced.push({ name, ...seen(error) });
      return false;
    });
    return { load: loaded, tests: traced };
  } catch (error) {
    return { load: seen(error), tests: [] };
  } finally {
    tracing = false;
  }
}

async function judge({ file, only }: Run): Promise<Verdict> {
  let noticed: string | undefined;
  try {
    await loadTests(file).run(only, ({ name, error }) => {
      if (error !== undefined) noticed = `${file}: ${name}: ${firstLine(error)}`;
      return error !== undefined;
    });
  } catch (error) {
    noticed ??= `${file}: ${firstLine(error)}`;
  }
  return { noticed };
}

function firstLine(error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).split('\n')[0];
}

process.on('message', (task: Task) => {
  const work = 'trace' in task ? trace(task.trace) : ((change = task.change), judge(task.run));
  void work.then((result) => process.send!(result));
});

createRequire(__filename)(path.join(ROOT, 'test', 'support'));
process.send!('ready');
