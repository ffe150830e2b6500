import { existsSync } from 'fs';
import * as path from 'path';
import { importsOf, Sources, readSources } from '../scripts/house/arrows';
import { floorProblems, lengthProblems, problemsOf, roomsOf } from '../scripts/house/checks';
import { FAMILIES, FLOORS } from '../scripts/house/plan';

const root = path.join(__dirname, '..');

const UPWARD = 'Imports run downward only';
const FROM_SHARED = 'A shared folder imports no family';
const FROM_FAMILY = 'A family imports no other family';

/** Source files that hold nothing but their imports. */
function files(imports: Record<string, string[]>): Sources {
  return new Map(
    Object.entries(imports).map(([file, targets]) => [file, targets.map((target) => `import { x } from '${target}';`).join('\n')]),
  );
}

/** The problems of files that hold nothing but their imports. */
function problems(imports: Record<string, string[]>): string[] {
  return problemsOf(files(imports));
}

/** An import by a file of one folder from a file of another. */
function importBetween(from: string, to: string): Sources {
  return files({ [`src/${from}/a.ts`]: [`../${to}/b`], [`src/${to}/b.ts`]: [] });
}

describe('floors', () => {
  test.each([
    ['capacity', 'rules'],
    ['service', 'capacity'],
    ['run-task', 'service'],
    ['neuron', 'service'],
    ['any-new-family', 'rules'],
  ])('%s may import %s', (from, to) => {
    expect(problemsOf(importBetween(from, to))).toEqual([]);
  });

  test.each([
    ['rules', 'capacity', UPWARD],
    ['capacity', 'service', UPWARD],
    ['service', 'run-task', UPWARD],
    ['neuron', 'run-task', UPWARD],
    ['rules', 'neuron', FROM_SHARED],
    ['run-task', 'neuron', FROM_SHARED],
    ['service', 'any-new-family', FROM_SHARED],
    ['neuron', 'gaudi', FROM_FAMILY],
    ['any-new-family', 'neuron', FROM_FAMILY],
  ])('%s may not import %s', (from, to, advice) => {
    expect(problemsOf(importBetween(from, to))).toEqual([expect.stringContaining(`src/${from}/a.ts -> src/${to}/b.ts: ${advice}`)]);
  });

  test('files directly in src import anything, and no folder imports them', () => {
    const roof = files({ 'src/index.ts': ['./neuron'], 'src/neuron/index.ts': ['./a'], 'src/neuron/a.ts': [], 'src/shared.ts': [] });
    expect(problemsOf(roof)).toEqual([]);
    const used = files({ 'src/neuron/a.ts': ['../shared'], 'src/shared.ts': [] });
    expect(problemsOf(used)).toEqual([expect.stringContaining(`src/neuron/a.ts -> src/shared.ts: ${UPWARD}`)]);
  });

  test('a shared folder above the families imports none of them either', () => {
    const floors = [['rules'], ['*'], ['observability']];
    const found = (from: string, to: string) => floorProblems(importsOf(importBetween(from, to)), floors);
    expect(found('observability', 'rules')).toEqual([]);
    expect(found('observability', 'neuron')).toEqual([expect.stringContaining(FROM_SHARED)]);
    expect(found('neuron', 'observability')).toEqual([expect.stringContaining(UPWARD)]);
  });

  test('imports of packages, and of data beside the file, are fine', () => {
    expect(problems({ 'src/neuron/a.ts': ['aws-cdk-lib/aws-ecs', './catalog.json'] })).toEqual([]);
  });
});

describe('circles of files', () => {
  const circle = (names: string) => [`${names}: Files form a circle; move what they share to a file of its own.`];

  test('files that import in one direction form none, also when two ways lead to one file', () => {
    expect(problems({ 'src/rules/a.ts': ['./b', './c'], 'src/rules/b.ts': ['./c'], 'src/rules/c.ts': [] })).toEqual([]);
  });

  test('two files', () => {
    const found = problems({ 'src/rules/a.ts': ['./b'], 'src/rules/b.ts': ['./a'] });
    expect(found).toEqual(circle('src/rules/a.ts -> src/rules/b.ts -> src/rules/a.ts'));
  });

  test('a file that leads to a circle is not part of it', () => {
    const found = problems({ 'src/rules/a.ts': ['./b'], 'src/rules/b.ts': ['./c'], 'src/rules/c.ts': ['./d'], 'src/rules/d.ts': ['./b'] });
    expect(found).toEqual(circle('src/rules/b.ts -> src/rules/c.ts -> src/rules/d.ts -> src/rules/b.ts'));
  });

  test('circles that share a file but no import are reported each', () => {
    const found = problems({ 'src/rules/a.ts': ['./b', './c'], 'src/rules/b.ts': ['./a'], 'src/rules/c.ts': ['./a'] });
    expect(found).toEqual([
      ...circle('src/rules/a.ts -> src/rules/b.ts -> src/rules/a.ts'),
      ...circle('src/rules/a.ts -> src/rules/c.ts -> src/rules/a.ts'),
    ]);
  });

  test('one wrong import is reported once, by the shortest circle that it closes', () => {
    const found = problems({ 'src/rules/a.ts': ['./b', './c'], 'src/rules/b.ts': ['./c'], 'src/rules/c.ts': ['./a'] });
    expect(found).toEqual(circle('src/rules/a.ts -> src/rules/c.ts -> src/rules/a.ts'));
  });

  test.each([
    "import type { B } from './b';",
    "import { type B } from './b';",
    "import B, { type C } from './b.js';",
    "import './b';",
    "import b = require('./b');",
    "export * from './b';",
    "export * as b from './b';",
    "export type { B } from './b';",
    "export type * from './b';",
    "export const b = (): unknown => import('./b');",
    "export const b = (): unknown => require('./b');",
    "export type B = import('./b').B;",
    "export type B = typeof import('./b');",
    "import {\n  B,\n} from '../rules/b';",
  ])('%s counts as an import', (text) => {
    const sources = files({ 'src/rules/b.ts': ['./a'] });
    expect(problemsOf(new Map([...sources, ['src/rules/a.ts', text]]))).toEqual([expect.stringContaining('Files form a circle')]);
  });

  test('an import in a comment or a string does not count', () => {
    const text = "/** @example import { b } from './b'; */\n// import './b';\nexport const a = `import './b';`;";
    expect(problemsOf(new Map([...files({ 'src/rules/b.ts': ['./a'] }), ['src/rules/a.ts', text]]))).toEqual([]);
  });
});

describe('circles of rooms', () => {
  test('two rooms, by different files', () => {
    const found = problems({
      'src/capacity/ec2/a.ts': ['../slices/b'],
      'src/capacity/slices/b.ts': [],
      'src/capacity/slices/c.ts': ['../ec2/d'],
      'src/capacity/ec2/d.ts': [],
    });
    expect(found).toEqual([
      'src/capacity/ec2 -> src/capacity/slices -> src/capacity/ec2 ' +
        '(src/capacity/ec2/a.ts -> src/capacity/slices/b.ts, src/capacity/slices/c.ts -> src/capacity/ec2/d.ts): ' +
        'Rooms form a circle; move what they share to a room below them.',
    ]);
  });

  test('the files directly in a folder are a room too', () => {
    const room = { 'src/capacity/ec2/a.ts': ['../capacity'], 'src/capacity/capacity.ts': [], 'src/capacity/ec2/b.ts': [] };
    expect(problems({ ...room, 'src/capacity/c.ts': ['./capacity'] })).toEqual([]);
    expect(problems({ ...room, 'src/capacity/c.ts': ['./ec2/b'] })).toEqual([expect.stringContaining('Rooms form a circle')]);
  });

  test('the index.ts of a folder may export from its rooms', () => {
    expect(problems({ 'src/capacity/index.ts': ['./ec2/a'], 'src/capacity/ec2/a.ts': ['../b'], 'src/capacity/b.ts': [] })).toEqual([]);
  });
});

describe('index.ts', () => {
  test.each(['../rules', '../rules/', '../rules/index'])('is not imported by another file, as %s', (target) => {
    expect(problems({ 'src/capacity/a.ts': [target], 'src/rules/index.ts': [] })).toEqual([
      'src/capacity/a.ts -> src/rules/index.ts: Only an index.ts imports an index.ts; import the file that declares the name.',
    ]);
  });

  test.each(['.', './'])('is not imported by a file beside it, as %s', (target) => {
    expect(problems({ 'src/rules/a.ts': [target], 'src/rules/index.ts': [] })).toEqual([expect.stringContaining('Only an index.ts')]);
  });

  test('is imported by the index.ts above', () => {
    expect(problems({ 'src/index.ts': ['./rules'], 'src/rules/index.ts': [] })).toEqual([]);
  });
});

describe('length', () => {
  const ofLength = (lines: number) => new Map([['src/rules/a.ts', '//\n'.repeat(lines)]]);

  test('250 lines are fine, 251 are too many', () => {
    expect(problemsOf(ofLength(250))).toEqual([]);
    expect(problemsOf(ofLength(251))).toEqual(['src/rules/a.ts: 251 lines, at most 250; split it by subject.']);
  });

  test('a listed file may be longer', () => {
    expect(lengthProblems(ofLength(251), ['src/rules/a.ts'])).toEqual([]);
  });
});

test('a room is a folder that directly holds files', () => {
  expect([...roomsOf(files({ 'src/index.ts': [], 'src/capacity/ec2/a.ts': [], 'src/capacity/ec2/b.ts': [] }))]).toEqual([
    'src',
    'src/capacity/ec2',
  ]);
});

test('every shared folder of the plan exists, so that a renamed one does not pass as a family', () => {
  const shared = FLOORS.flat().filter((folder) => folder !== FAMILIES);
  expect(shared.filter((folder) => !existsSync(path.join(root, 'src', folder)))).toEqual([]);
});

test('src has no problems', () => expect(problemsOf(readSources(root))).toEqual([]));
