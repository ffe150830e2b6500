/**
 * Writes the imports of rosetta/default.ts-fixture, in which the examples of docstrings compile: every class and enum of the package.
 */
const { readFileSync, writeFileSync } = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');
const fixture = path.join(root, 'rosetta', 'default.ts-fixture');
const { types } = JSON.parse(readFileSync(path.join(root, '.jsii'), 'utf8'));

const names = Object.values(types).filter(({ kind }) => kind !== 'interface').map(({ name }) => name);
const imports = `import {\n${names.sort().map((name) => `  ${name},\n`).join('')}} from 'cdk-ecs-ml';`;
writeFileSync(fixture, readFileSync(fixture, 'utf8').replace(/import \{[^}]*\} from 'cdk-ecs-ml';/, imports));
