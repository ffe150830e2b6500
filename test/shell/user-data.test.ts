import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { shellcheck } from './shellcheck';
import {
  GaudiCapacity,
  GaudiMachineImage,
  InstanceStorage,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  PurchaseOption,
} from '../../src';
import { newStackWithVpc, synth } from '../support';
import { userDataOf } from '../support/user-data';

const instanceType = NeuronInstanceType.INF2_8_XLARGE;

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
  new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: NeuronInstanceType.TRN1_32_XLARGE, efa: true });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

test('ShellCheck finds nothing in user data for instance storage, and in the script that it writes', () => {
  const { stack, vpc } = newStackWithVpc();
  const instanceStorage = InstanceStorage.RAID0;
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE, instanceStorage });
  const [userData] = userDataOf(synth(stack));
  const [, script] = /<<'EOF'\n(#![^]*?)\nEOF\n/.exec(userData) ?? [];
  expect(script).toContain('mdadm');
  expect([userData, script].map(shellcheck)).toEqual([[], []]);
});

test('ShellCheck finds nothing in user data for an imported cluster', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'their-cluster', vpc });
  new NeuronCapacity(stack, 'Pool', { cluster, instanceType });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

const ami = ec2.MachineImage.fromSsmParameter('/my/gaudi/ami');

test.each([
  ['from the marketplace', GaudiMachineImage.marketplace(ami)],
  ['without the ECS agent', GaudiMachineImage.withoutEcsAgent(ami)],
  ['of the user', GaudiMachineImage.custom(ami)],
])('ShellCheck finds nothing in user data for a Gaudi image %s', (_, machineImage) => {
  const { stack, vpc } = newStackWithVpc();
  new GaudiCapacity(stack, 'Pool', { vpc, machineImage });
  expect(userDataOf(synth(stack)).map(shellcheck)).toEqual([[]]);
});

test('ShellCheck does find what is wrong', () => {
  expect(shellcheck('#!/bin/bash\necho $HOME\n')).toEqual([expect.stringMatching(/^line 2: SC2086: Double quote/)]);
});
