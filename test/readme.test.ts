import { readFileSync } from 'fs';
import * as path from 'path';
import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { container, newStack, synth } from './support';
import { NeuronInstanceType, NeuronService } from '../src';

const root = path.join(__dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** The first code block of a language. */
function block(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(readme)!;
  return code;
}

test('the program of the README is the example that the demo runs', () => {
  expect(block('ts nofixture')).toBe(readFileSync(path.join(root, 'examples', 'typescript', 'neuron-service', 'app.ts'), 'utf8').trim());
});

test('the README shows the task definition that its program gives', () => {
  const stack = newStack();
  new NeuronService(stack, 'Chat', { vpc: new ec2.Vpc(stack, 'Vpc'), instanceType: NeuronInstanceType.INF2_XLARGE, container });
  const [task] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
  expect(task.Properties).toMatchObject(JSON.parse(block('json')));
});
