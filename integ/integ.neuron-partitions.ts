import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'NeuronPartitions');

const pool = new NeuronCapacity(stack, 'Inf2', {
  // Leaves out the custom resource for the default security group, because its code would be in the snapshot.
  vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }),
  instanceType: NeuronInstanceType.INF2_48_XLARGE,
  partitions: [8, 4],
});

const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04'),
  portMappings: [{ containerPort: 8080 }],
  healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
};
new NeuronService(stack, 'Large', { capacity: pool.partition(0), desiredCount: 2, container });
new NeuronService(stack, 'Small', { capacity: pool.partition(1), container });

new IntegTest(app, 'Integ', { testCases: [stack] });
