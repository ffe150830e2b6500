/**
 * Rewrites the compiled lib/index.js so that each exported name loads its own file on first use.
 *
 * TypeScript compiles `export * from './neuron'` to an eager require. It would load every file of the package, `constructs` and half of
 * aws-cdk-lib's core for everyone who imports a single name. aws-cdk-lib rewrites its own index in the same way.
 */
const { readFileSync, writeFileSync } = require('fs');
const path = require('path');

const root = path.join(__dirname, '..', 'lib', 'index.js');

/** The files that `file` re-exports, through the index of each folder. */
function leaves(file) {
  const stars = [...readFileSync(file, 'utf8').matchAll(/__exportStar\(require\("(.+?)"\), exports\)/g)];
  return stars.length === 0 ? [file] : stars.flatMap(([, spec]) => leaves(require.resolve(path.resolve(path.dirname(file), spec))));
}

const getters = leaves(root).flatMap((file) => {
  const spec = './' + path.relative(path.dirname(root), file).replace(/\.js$/, '');
  return Object.keys(require(file)).map((name) => `lazy(${JSON.stringify(name)}, () => require(${JSON.stringify(spec)}));`);
});

if (getters.length > 0) {
  writeFileSync(
    root,
    `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
function lazy(name, load) {
    const set = (value) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, value });
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => { const value = load()[name]; set(value); return value; } });
}
${getters.join('\n')}
`,
  );
}
