import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const image = 'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const server = 'vllm serve TinyLlama/TinyLlama-1.1B-Chat-v1.0 --port 8080 --tensor-parallel-size 2';
const limits = '--max-model-len 2048 --max-num-seqs 4 --no-enable-prefix-caching';

const stack = new Stack(new App(), 'NeuronService');
new NeuronService(stack, 'Chat', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceType: NeuronInstanceType.INF2_XLARGE,
  container: {
    image: ecs.ContainerImage.fromRegistry(image),
    entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--'], // passes the signal to stop on to the server, which the one in the image does not
    command: `${server} ${limits}`.split(' '),
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] },
  },
});
