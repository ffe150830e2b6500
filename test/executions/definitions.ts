/** Writes the state machines of some jobs to a file, as deployed: `tsx test/executions/definitions.ts <file>`. */
import { writeFileSync } from 'fs';
import { aws_ec2 as ec2, aws_ecs as ecs, App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MlRunTask, MlRunTaskProps, TaskFailure } from '../../src';
import { deployed } from '../support/state-machine';

const JOBS: Record<string, Partial<MlRunTaskProps>> = {
  One: {},
  Array: { count: 3 },
  Continue: { count: 3, taskFailure: TaskFailure.CONTINUE },
  Distributed: { count: 41 },
  Nodes: { nodes: 3 },
};

const stack = new Stack(new App(), 'Executions');
const vpc = new ec2.Vpc(stack, 'Vpc');
const container = { image: ecs.ContainerImage.fromRegistry('my-training') };
for (const [id, props] of Object.entries(JOBS)) new MlRunTask(stack, id, { vpc, container, timeout: Duration.minutes(30), ...props });

const machines = Object.entries(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
const definitions = machines.map(([id, { Properties }]) => [
  id.replace(/StateMachine[0-9A-F]{8}$/, ''),
  JSON.parse(deployed((Properties as { DefinitionString: unknown }).DefinitionString) as string) as unknown,
]);
writeFileSync(process.argv[2], JSON.stringify(Object.fromEntries(definitions)));
