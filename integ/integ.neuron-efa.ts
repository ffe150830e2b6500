import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'NeuronEfa');

// Leaves out the custom resource for the default security group, because its code would be in the snapshot.
const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
const capacity = new NeuronCapacity(stack, 'Trn2', {
  vpc,
  vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]] },
  instanceType: NeuronInstanceType.TRN2_48_XLARGE,
  efa: true,
  maxInstances: 4,
});

new NeuronService(stack, 'Large', {
  capacity,
  desiredCount: 2,
  container: {
    image: ecs.ContainerImage.fromRegistry(
      'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.24.0.1.1.0-neuronx-py313-sdk2.32.0-ubuntu24.04',
    ),
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] },
  },
});

new IntegTest(app, 'Integ', { testCases: [stack] });
