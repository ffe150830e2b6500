import { App, aws_ec2 as ec2, aws_ecs as ecs, Duration, Size, Stack } from 'aws-cdk-lib';
import { ManagedScaleIn, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from 'cdk-ecs-ml';

const image = 'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const server = 'vllm serve TinyLlama/TinyLlama-1.1B-Chat-v1.0 --port 8080 --tensor-parallel-size 2';
const limits = '--max-model-len 2048 --max-num-seqs 4 --no-enable-prefix-caching';

const stack = new Stack(new App(), 'NeuronManagedInstances');

// Amazon ECS starts the cheapest of these types that a task fits on, patches the host, and replaces it within 14 days.
const capacity = new NeuronManagedCapacity(stack, 'Managed', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  instanceTypes: [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8_XLARGE],
  taskVolumeSize: Size.gibibytes(150),
  autoRepair: true,
  scaleIn: ManagedScaleIn.after(Duration.minutes(15)),
});

// Each task has a host and all of its Neuron devices.
new NeuronService(stack, 'Chat', {
  capacity,
  desiredCount: 2,
  container: {
    image: ecs.ContainerImage.fromRegistry(image),
    entryPoint: ['/bin/sh', '-c', 'exec "$@"', '--'], // passes the signal to stop on to the server, which the one in the image does not
    command: `${server} ${limits}`.split(' '),
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] },
  },
});
