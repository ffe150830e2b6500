import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'NeuronPartitions');

// Each host has 12 chips: chips 0 to 7 are for one model, chips 8 to 11 for another.
const pool = new NeuronCapacity(stack, 'Inf2', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: NeuronInstanceType.INF2_48_XLARGE,
  partitions: [8, 4],
  maxInstances: 3,
});

new NeuronService(stack, 'Large', { capacity: pool.partition(0), desiredCount: 2, container: server('my-large-model', 16) });
new NeuronService(stack, 'Small', { capacity: pool.partition(1), desiredCount: 2, container: server('my-small-model', 8) });

/** vLLM with one model, on all NeuronCores of its partition: two on each chip. */
function server(model: string, cores: number): ecs.ContainerDefinitionOptions {
  const image = 'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
  const limits = '--max-model-len 2048 --max-num-seqs 4 --no-enable-prefix-caching';
  return {
    image: ecs.ContainerImage.fromRegistry(image),
    entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--'], // passes the signal to stop on to the server, which the one in the image does not
    command: `vllm serve ${model} --port 8080 --tensor-parallel-size ${cores} ${limits}`.split(' '),
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] },
  };
}
