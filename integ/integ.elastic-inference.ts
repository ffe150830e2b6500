/**
 * A service with Elastic Inference accelerators. AWS ended Elastic Inference in April 2024, so nobody can deploy this app any more. It
 * shows that the template stays as it is; what it asserts is what it asserted.
 *
 * On an account, it cost two c5.large for 20 minutes, less than 1 USD, and needed a quota of 4 vCPUs of "Running On-Demand Standard
 * instances".
 */
import { aws_ec2 as ec2, Stack, Validations } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { Ec2Capacity, ElasticInferenceAccelerator, ElasticInferenceService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'ElasticInference');

const capacity = new Ec2Capacity(stack, 'Pool', {
  vpc: makeVpc(stack),
  instanceType: new ec2.InstanceType('c5.large'),
  maxInstances: 3,
});

const ssd = new ElasticInferenceService(stack, 'Ssd', {
  capacity,
  desiredCount: 2,
  accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }, { type: ElasticInferenceAccelerator.EIA1_LARGE, deviceName: 'second' }],
  container: { ...webServer('/dev/null'), cpu: 1024, memoryReservationMiB: 2048 },
});
// A warning would put the paths of this machine into the snapshot.
Validations.of(ssd).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'to compare templates' });

new Proof(app, stack).isSteady(ssd, 2).rolls(ssd, 2);
