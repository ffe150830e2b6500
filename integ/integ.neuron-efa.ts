/**
 * A service on hosts with Elastic Fabric Adapter, in one placement group.
 *
 * On an account: 35 minutes, and two trn1.32xlarge at 21.50 USD an hour, four while the update runs, so about 35 USD (us-east-1, 2026-07).
 * Needs a quota of 512 vCPUs of "Running On-Demand Trn instances". The first zone of the Region must offer the type.
 */
import { Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'NeuronEfa');

const vpc = makeVpc(stack);
const capacity = new NeuronCapacity(stack, 'Trn1', {
  vpc,
  vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
  instanceType: NeuronInstanceType.TRN1_32_XLARGE,
  efa: true,
  maxInstances: 4,
});

// The devices of the accelerators, and of the network.
const large = new NeuronService(stack, 'Large', {
  capacity,
  desiredCount: 2,
  container: webServer('/dev/neuron* /dev/infiniband/uverbs*'),
});

new Proof(app, stack).isSteady(large, 2).rolls(large, 2);
