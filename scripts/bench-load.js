/** Compares the cost of `require('cdk-ecs-ml')` with that of `require('aws-cdk-lib')` alone: medians over fresh processes, run in turns. */
const { execFileSync } = require('child_process');
const path = require('path');

const ROUNDS = 31;
const body = (specs) => `
  const start = process.hrtime.bigint();
  for (const spec of ${JSON.stringify(specs)}) require(spec);
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(JSON.stringify({ ms, files: Object.keys(require.cache).length }));`;
const measure = (...specs) =>
  JSON.parse(execFileSync(process.execPath, ['-e', body(specs)], { cwd: path.join(__dirname, '..'), encoding: 'utf8' }));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const alone = [];
const both = [];
for (let i = 0; i < ROUNDS; i++) {
  alone.push(measure('aws-cdk-lib'));
  both.push(measure('aws-cdk-lib', 'cdk-ecs-ml'));
}
const [a, b] = [alone, both].map((runs) => ({ ms: median(runs.map((r) => r.ms)), files: runs[0].files }));
console.log(`aws-cdk-lib alone            ${a.ms.toFixed(2)} ms, ${a.files} files`);
console.log(`aws-cdk-lib and cdk-ecs-ml   ${b.ms.toFixed(2)} ms, ${b.files} files`);
console.log(`ratio                        ${(b.ms / a.ms).toFixed(2)}`);
