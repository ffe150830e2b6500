/**
 * Synthesizes the examples with the AWS CDK CLI, without an AWS account, and draws what runs on each host, as their templates say. Ends with
 * a mistake that synthesis catches.
 *
 * Takes names of examples as arguments; without arguments, it shows all of them, beginning with the model server of the README.
 */
import { existsSync, readdirSync } from 'fs';
import * as path from 'path';
import { CloudAssembly } from './demo/cloud-assembly';
import { mistake } from './demo/mistake';
import { report } from './demo/report';
import { styleFor } from './demo/style';
import { synthesize } from './demo/synthesize';
import { COLUMNS } from './demo/text';

const ROOT = path.join(__dirname, '..');
const EXAMPLES = path.join(ROOT, 'examples', 'typescript');
const FIRST = 'neuron-service';

async function main(names: string[]): Promise<void> {
  const all = readdirSync(EXAMPLES)
    .filter((name) => existsSync(path.join(EXAMPLES, name, 'cdk.json')))
    .sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || a.localeCompare(b));
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`No example is called ${unknown.join(' or ')}. Available examples: ${all.join(', ')}.`);
  const examples = names.length > 0 ? names : all;

  // All examples run at once, because each spends most of its time loading its own aws-cdk-lib.
  const results = await Promise.allSettled(examples.map(async (name) => show(name)));
  results.forEach((result, i) => {
    console.log(heading(examples[i]));
    if (result.status === 'fulfilled') console.log(result.value);
    else fail(result.reason);
  });
  console.log([heading('a mistake that synthesis catches'), ...mistake()].join('\n'));
}

function heading(title: string): string {
  return `━━ ${title} ${'━'.repeat(COLUMNS - title.length - 4)}\n`;
}

async function show(example: string): Promise<string> {
  const folder = path.join(EXAMPLES, example);
  await synthesize(folder);
  const out = path.join(folder, 'cdk.out');
  const templates = `Templates: ${path.join(path.relative(ROOT, out), '*.template.json')}`;
  return [templates, '', ...report(CloudAssembly.read(out), styleFor(process.stdout, process.env))].join('\n');
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch(fail);
