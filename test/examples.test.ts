import { existsSync, readdirSync } from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { newApp, synth, warnings } from './support';

const EXAMPLES = path.join(__dirname, '..', 'examples', 'typescript');

/** The app that was made last. Examples export nothing. */
let made: App;

jest.mock('aws-cdk-lib', () => {
  const cdk = jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib');
  class RecordedApp extends cdk.App {
    constructor(props?: import('aws-cdk-lib').AppProps) {
      super(props);
      made = this;
    }
  }
  return Object.create(cdk, { App: { value: RecordedApp } }) as typeof cdk;
});

/** Runs an example from source, under the judges. */
function run(name: string): Stack[] {
  process.env.CDK_CONTEXT_JSON = JSON.stringify(newApp().node.getAllContext());
  jest.requireActual(path.join(EXAMPLES, name, 'app.ts'));
  return made.node.children.filter(Stack.isStack);
}

afterEach(() => {
  delete process.env.CDK_CONTEXT_JSON;
});

test.each(readdirSync(EXAMPLES).filter((name) => existsSync(path.join(EXAMPLES, name, 'app.ts'))))(
  '%s synthesises without a warning, and the judges accept it',
  (name) => {
    const stacks = run(name);
    expect(stacks).not.toHaveLength(0);
    for (const stack of stacks) {
      synth(stack);
      expect(warnings(stack)).toEqual([]);
    }
  },
);
