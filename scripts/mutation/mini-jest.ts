import { createRequire } from 'module';
import * as path from 'path';
import { ROOT } from './source';

// What jest itself is made of, wherever its installation put it.
const fromJest = createRequire(createRequire(path.join(ROOT, 'package.json')).resolve('jest/package.json'));
const ofCore = createRequire(fromJest.resolve('@jest/core'));
const { expect } = ofCore('expect') as { expect: unknown };
const { bind } = ofCore('jest-each') as { bind: (register: unknown) => unknown };
const { ModuleMocker } = ofCore('jest-mock') as { ModuleMocker: new (scope: unknown) => Mocker };

interface Mocker {
  readonly spyOn: unknown;
  readonly fn: unknown;
  clearAllMocks(): void;
}

type Body = (...args: unknown[]) => unknown;

/** A group of tests, with its hooks. */
interface Group {
  readonly parent?: Group;
  readonly hooks: Record<'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach', Body[]>;
}

interface Test {
  readonly name: string;
  readonly group: Group;
  readonly body: Body;
}

/** What became of a test. */
export interface Outcome {
  readonly index: number;
  readonly name: string;
  readonly error?: unknown;
}

const newGroup = (parent?: Group): Group => ({ parent, hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } });

/**
 * The part of jest that our tests use, in one process: aws-cdk-lib is loaded once and not once for each file, which makes a run many times
 * faster.
 */
export class MiniJest {
  /** Modules that a test file replaces, by name. */
  public readonly mocks = new Map<string, unknown>();
  private readonly mocker = new ModuleMocker(globalThis);
  private readonly tests: Test[] = [];
  private group = newGroup();

  /** Declares the functions of jest for a test file. */
  constructor(file: string) {
    const globals: Record<string, unknown> = { expect, jest: this.jest(createRequire(file)) };
    for (const hook of ['beforeAll', 'afterAll', 'beforeEach', 'afterEach'] as const) {
      globals[hook] = (body: Body) => this.group.hooks[hook].push(body);
    }
    const test = (name: string, body: Body) => this.tests.push({ name, group: this.group, body });
    globals.test = globals.it = Object.assign(test, { each: bind(test) });
    const describe = (_: string, body: () => void) => this.inGroup(body);
    globals.describe = Object.assign(describe, { each: bind(describe) });
    Object.assign(globalThis, globals);
  }

  /** Runs the tests of the given indexes, or all, until `stop` says so. */
  public async run(only: number[] | undefined, ended: (outcome: Outcome) => boolean): Promise<void> {
    const begun = new Set<Group>();
    const chosen = this.tests.map((test, index) => ({ ...test, index })).filter(({ index }) => only?.includes(index) ?? true);
    for (const { index, name, group, body } of chosen) {
      const error = await this.runTest(groupsOf(group), body, begun);
      if (ended({ index, name, ...(error === undefined ? {} : { error }) })) break;
    }
    for (const group of begun) for (const hook of group.hooks.afterAll) await called(hook);
  }

  private async runTest(groups: Group[], body: Body, begun: Set<Group>): Promise<unknown> {
    try {
      this.mocker.clearAllMocks();
      for (const group of groups.filter((one) => !begun.has(one))) {
        begun.add(group);
        for (const hook of group.hooks.beforeAll) await called(hook);
      }
      for (const group of groups) for (const hook of group.hooks.beforeEach) await called(hook);
      await called(body);
      return undefined;
    } catch (error) {
      return error ?? 'an error';
    } finally {
      for (const group of [...groups].reverse()) for (const hook of group.hooks.afterEach) await called(hook);
    }
  }

  private inGroup(body: () => void): void {
    const outer = this.group;
    this.group = newGroup(outer);
    body();
    this.group = outer;
  }

  private jest(requireActual: NodeRequire): Record<string, unknown> {
    return {
      requireActual: (name: string) => requireActual(name) as unknown,
      mock: (name: string, factory: () => unknown) => void this.mocks.set(name, factory()),
      spyOn: (...args: unknown[]) => (this.mocker.spyOn as Body).apply(this.mocker, args),
      fn: (...args: unknown[]) => (this.mocker.fn as Body).apply(this.mocker, args),
    };
  }
}

/** A group and those around it, the outermost first. */
function groupsOf(group: Group): Group[] {
  return group.parent ? [...groupsOf(group.parent), group] : [group];
}

async function called(body: Body): Promise<void> {
  await body();
}
