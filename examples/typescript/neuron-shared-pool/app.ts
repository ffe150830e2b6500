import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'NeuronSharedPool');

// Each host has 12 chips and runs 12 tasks, one chip for each task.
const capacity = new NeuronCapacity(stack, 'Inf2', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: NeuronInstanceType.INF2_48_XLARGE,
  tasksPerInstance: 12,
  maxInstances: 4,
});

new NeuronService(stack, 'Embed', { capacity, desiredCount: 18, container: server('embed') });
new NeuronService(stack, 'Rerank', { capacity, desiredCount: 6, container: server('rerank') });

/** TorchServe with one model. */
function server(model: string): ecs.ContainerDefinitionOptions {
  return {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04'),
    entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--'], // passes the signal to stop on to the server, which the one in the image does not
    command: [
      ...['torchserve', '--start', '--foreground', '--ts-config', '/home/model-server/config.properties'],
      ...['--model-store', '/opt/ml/model', '--models', `${model}=https://models.example.com/${model}.mar`],
    ],
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
  };
}
