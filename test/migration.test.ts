import { readFileSync } from 'fs';
import * as path from 'path';
import * as cdk from 'aws-cdk-lib';
import * as ts from 'typescript';
import { newApp, synth, warnings } from './support';
import * as library from '../src';

const page = readFileSync(path.join(__dirname, '..', 'docs', 'migrate-elastic-inference.md'), 'utf8');

/** The programs of the page, in its order. */
const programs = [...page.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(([, code]) => code);

/** Runs a program under the judges. */
function run(code: string): cdk.Stack {
  const made: cdk.App[] = [];
  class RecordedApp extends cdk.App {
    constructor() {
      super({ context: newApp().node.getAllContext() });
      made.push(this);
    }
  }
  const modules: Record<string, unknown> = {
    'aws-cdk-lib': Object.create(cdk, { App: { value: RecordedApp } }),
    'cdk-ecs-ml': library,
  };
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is what a reader of the page would do
  new Function('require', 'exports', outputText)((name: string) => modules[name], {});
  return made[0].node.findChild('Detector') as cdk.Stack;
}

test('the page has a program before and one after', () => expect(programs).toHaveLength(2));

test('before: the program synthesises with its one warning, which names the program after', () => {
  const stack = run(programs[0]);
  synth(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  expect(warnings(stack)).toEqual([
    expect.stringMatching(/ended in April 2024.*`NeuronService` on inf2.xlarge.*migrate-elastic-inference.md/),
  ]);
});

test('after: the program synthesises without a warning, on the instance type that the warning names', () => {
  const stack = run(programs[1]);
  const template = synth(stack);
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { InstanceType: 'inf2.xlarge' } });
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  expect(warnings(stack)).toEqual([]);
});

test('the table speaks of every prop that the service has and the other has not', () => {
  const props = ['instanceType', 'accelerators', 'deviceName', 'capacity', 'endpoint', 'memoryReservationMiB'];
  const table = page.slice(page.indexOf('## Line by line'));
  for (const prop of props) expect(table).toContain(prop);
});
