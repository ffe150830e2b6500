import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { COLUMNS, indented, INDENT, wrappedText } from './text';
import { NeuronCapacity, NeuronInstanceType } from 'cdk-ecs-ml';

/** A wrong division of hosts, and the error that it gives. */
export function mistake(): string[] {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  try {
    new NeuronCapacity(stack, 'Inf2', { vpc, instanceType: NeuronInstanceType.INF2_48_XLARGE, tasksPerInstance: 5 });
  } catch (error) {
    return [
      'A pool of inf2.48xlarge hosts with `tasksPerInstance: 5`:',
      '',
      ...wrappedText((error as Error).message, COLUMNS - INDENT.length).map(indented),
      '',
    ];
  }
  throw new Error('The mistake of the demo is no longer caught.');
}
