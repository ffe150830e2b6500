import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, aws_ec2 as ec2, aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { ManagedScaleIn, NeuronDeviceAllocation, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from 'cdk-ecs-ml';

const app = new App();
const stack = new Stack(app, 'NeuronManagedInstances');

// Leaves out the custom resource for the default security group, because its code would be in the snapshot.
const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });

const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04'),
  portMappings: [{ containerPort: 8080 }],
  healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
};

// ECS assigns the devices.
const managed = new NeuronManagedCapacity(stack, 'Managed', {
  cluster,
  instanceTypes: [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8_XLARGE],
  autoRepair: true,
  scaleIn: ManagedScaleIn.after(Duration.minutes(15)),
});
new NeuronService(stack, 'Embed', { capacity: managed, desiredCount: 2, container });

// The task definition maps the devices by path.
const manual = new NeuronManagedCapacity(stack, 'Manual', {
  cluster,
  instanceTypes: [NeuronInstanceType.TRN1_2_XLARGE],
  deviceAllocation: NeuronDeviceAllocation.MANUAL,
});
new NeuronService(stack, 'Rerank', { capacity: manual, networkMode: ecs.NetworkMode.HOST, container });

new IntegTest(app, 'Integ', { testCases: [stack] });
