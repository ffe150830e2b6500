/**
 * Two services share one host, of whose 6 chips one task takes 4 and the other 2.
 *
 * On an account: 25 minutes, and one inf2.24xlarge at 6.49 USD an hour, so about 3 USD (us-east-1, 2026-07). Needs a quota of 96 vCPUs of
 * "Running On-Demand Inf instances".
 */
import { Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'NeuronPartitions');

const pool = new NeuronCapacity(stack, 'Inf2', {
  vpc: makeVpc(stack),
  instanceType: NeuronInstanceType.INF2_24_XLARGE,
  partitions: [4, 2],
  maxInstances: 1,
});

const large = new NeuronService(stack, 'Large', { capacity: pool.partition(0), container: webServer() });
const small = new NeuronService(stack, 'Small', { capacity: pool.partition(1), container: webServer() });

new Proof(app, stack).isSteady(large, 1).isSteady(small, 1).runsOnOneHost(pool.cluster, 2).rolls(large, 1).runsOnOneHost(pool.cluster, 2);
