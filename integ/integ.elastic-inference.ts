import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack, Validations } from 'aws-cdk-lib';
import { Ec2Capacity, ElasticInferenceAccelerator, ElasticInferenceService } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'ElasticInference');

const capacity = new Ec2Capacity(stack, 'Pool', {
  // Leaves out the custom resource for the default security group, because its code would be in the snapshot.
  vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }),
  instanceType: new ec2.InstanceType('c5.large'),
  maxInstances: 3,
});

const ssd = new ElasticInferenceService(stack, 'Ssd', {
  capacity,
  desiredCount: 2,
  accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }, { type: ElasticInferenceAccelerator.EIA1_LARGE, deviceName: 'second' }],
  container: {
    image: ecs.ContainerImage.fromRegistry('ssd-elastic-inference'),
    cpu: 1024,
    memoryReservationMiB: 2048,
    portMappings: [{ containerPort: 8002 }],
  },
});

// A warning would put the paths of this machine into the snapshot.
Validations.of(ssd).acknowledge({ id: 'cdk-ecs-ml:elastic-inference-ended', reason: 'to compare templates' });

new IntegTest(app, 'Integ', { testCases: [stack] });
