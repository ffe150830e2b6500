/**
 * Synthesizes one integ app for the integ-runner.
 *
 * The newest release of the runner reads assembly schemas up to 53, but aws-cdk-lib 2.276 writes 55. The content that the runner reads did
 * not change between the two, so this script labels the assembly 53.
 */
const { spawnSync } = require('child_process');
const { readdirSync, readFileSync, writeFileSync } = require('fs');
const path = require('path');

const RUNNER_READS = '53.0.0';
const LABELLED = /^(manifest\.json|integ\.json|cdk\.out|.+\.assets\.json)$/;

const tsx = require.resolve('tsx/cli');
// Turns off stack traces, because they would put the paths of this machine into the snapshot.
const env = { ...process.env, NODE_OPTIONS: '--stack-trace-limit=0' };
const { status } = spawnSync(process.execPath, [tsx, process.argv[2]], { stdio: 'inherit', env });

const out = process.env.CDK_OUTDIR;
if (status === 0 && out) {
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !LABELLED.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...content, version: RUNNER_READS }, undefined, entry.name === 'cdk.out' ? undefined : 2));
  }
}
process.exit(status ?? 1);
