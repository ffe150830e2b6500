import { readFileSync } from 'fs';
import * as path from 'path';
import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { container, newApp, newStack, synth } from './support';
import { CloudAssembly } from '../scripts/demo/cloud-assembly';
import { report } from '../scripts/demo/report';
import { PLAIN } from '../scripts/demo/style';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from '../src';

const root = path.join(__dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** A code block of a language, by default the first. */
function block(language: string, index = 0): string {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``, 'g'))][index][1];
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

test('the README shows the picture that the demo draws', () => {
  const stack = new Stack(newApp({ 'aws:cdk:enable-path-metadata': true }), 'NeuronSharedPool');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const instanceType = NeuronInstanceType.INF2_48_XLARGE;
  const capacity = new NeuronCapacity(stack, 'Inf2', { vpc, instanceType, tasksPerInstance: 12, maxInstances: 4 });
  new NeuronService(stack, 'Embed', { capacity, desiredCount: 18, container });
  new NeuronService(stack, 'Rerank', { capacity, desiredCount: 6, container });
  const assembly = CloudAssembly.read((stack.node.root as App).synth().directory);
  const drawn = report(assembly, PLAIN).join('\n');
  // The README leaves out the first host, which is full of one service.
  for (const paragraph of block('text').split('\n\n')) expect(drawn).toContain(paragraph);
});

test('the README shows the error that a wrong division gives', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const make = () => new NeuronCapacity(stack, 'Inf2', { vpc, instanceType: NeuronInstanceType.INF2_48_XLARGE, tasksPerInstance: 5 });
  expect(make).toThrow(block('text', 1).replace(/\n/g, ' '));
});
