import { aws_ecs as ecs } from 'aws-cdk-lib';
import { shellcheck } from './shellcheck';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, PurchaseOption } from '../../src';
import { newStackWithVpc, synth } from '../support';
import { userDataOf } from '../support/user-data';

const instanceType = NeuronInstanceType.INF2_8XLARGE;

test.each<[string, Partial<NeuronCapacityProps>]>([
  ['by default', {}],
  ['with commands', { userDataCommands: ['dnf install -y "my tool"'] }],
  ['for Spot', { purchaseOption: PurchaseOption.spot() }],
])('ShellCheck finds nothing in user data %s', (_, props) => {
  const { stack, vpc } = newStackWithVpc();
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType, ...props });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

test('ShellCheck finds nothing in user data for EFA', () => {
  const { stack, vpc } = newStackWithVpc();
  const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
  new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: NeuronInstanceType.TRN1_32XLARGE, efa: true });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

test('ShellCheck finds nothing in user data for an imported cluster', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'their-cluster', vpc });
  new NeuronCapacity(stack, 'Pool', { cluster, instanceType });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

test('ShellCheck does find what is wrong', () => {
  expect(shellcheck('#!/bin/bash\necho $HOME\n')).toEqual([expect.stringMatching(/^line 2: SC2086: Double quote/)]);
});
