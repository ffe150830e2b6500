import { execFileSync } from 'child_process';
import * as path from 'path';
import * as source from '../src';

const root = path.join(__dirname, '..');

/** What a fresh process prints that has loaded the compiled package. */
function withPackage(script: string): string[] {
  const out = execFileSync(process.execPath, ['-e', `const ml = require('cdk-ecs-ml'); ${script}`], { cwd: root, encoding: 'utf8' });
  return JSON.parse(out) as string[];
}

test('loading the package loads its root only', () => {
  const files = withPackage('console.log(JSON.stringify(Object.keys(require.cache)))');
  expect(files.map((file) => path.relative(root, file))).toEqual([path.join('lib', 'index.js')]);
});

test('every exported name is there when it is used', () => {
  const names = withPackage('console.log(JSON.stringify(Object.keys(ml).filter((name) => ml[name] !== undefined)))');
  expect(names.sort()).toEqual(Object.keys(source).sort());
});
