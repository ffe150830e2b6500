/**
 * Two services share one host, whose 6 chips their 6 tasks take.
 *
 * On an account: 25 minutes, and one inf2.24xlarge at 6.49 USD an hour, so about 3 USD (us-east-1, 2026-07). Needs a quota of 96 vCPUs of
 * "Running On-Demand Inf instances".
 */
import { Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'NeuronSharedPool');

const capacity = new NeuronCapacity(stack, 'Inf2', {
  vpc: makeVpc(stack),
  instanceType: NeuronInstanceType.INF2_24_XLARGE,
  tasksPerInstance: 6,
  // All tasks must share the host, and an update must replace them in place.
  maxInstances: 1,
});

const embed = new NeuronService(stack, 'Embed', { capacity, desiredCount: 4, container: webServer() });
const rerank = new NeuronService(stack, 'Rerank', { capacity, desiredCount: 2, container: webServer() });

new Proof(app, stack)
  .isSteady(embed, 4)
  .isSteady(rerank, 2)
  .runsOnOneHost(capacity.cluster, 6)
  .rolls(embed, 4)
  .runsOnOneHost(capacity.cluster, 6);
