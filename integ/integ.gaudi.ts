/**
 * A service on Gaudi hosts.
 *
 * On an account: 30 minutes, and two dl1.24xlarge at 13.11 USD an hour, three while the update runs, so about 15 USD (us-east-1, 2026-07).
 * Needs a quota of 288 vCPUs of "Running On-Demand DL instances", and an SSM parameter `/gaudi/ami` with the ID of a machine image that has
 * the Gaudi driver and the `habana` runtime.
 */
import { aws_ec2 as ec2, Stack, Validations } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { GaudiCapacity, GaudiMachineImage, GaudiService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'Gaudi');

const capacity = new GaudiCapacity(stack, 'Dl1', {
  vpc: makeVpc(stack),
  machineImage: GaudiMachineImage.withoutEcsAgent(ec2.MachineImage.fromSsmParameter('/gaudi/ami')),
  rootDeviceName: '/dev/sda1',
  maxInstances: 3,
});
// A warning would put the paths of this machine into the snapshot.
Validations.of(capacity).acknowledge({ id: 'cdk-ecs-ml:gaudi-software', reason: 'the container uses none' });

const bert = new GaudiService(stack, 'Bert', { capacity, desiredCount: 2, container: webServer('/dev/accel/accel*') });

new Proof(app, stack).isSteady(bert, 2).rolls(bert, 2);
