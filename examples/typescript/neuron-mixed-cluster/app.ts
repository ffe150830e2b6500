import { App, aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronCapacityStrategy, NeuronInstanceType, NeuronService, PurchaseOption } from 'cdk-ecs-ml';

const stack = new Stack(new App(), 'NeuronMixedCluster');
const cluster = new ecs.Cluster(stack, 'Cluster', {
  vpc: new ec2.Vpc(stack, 'Vpc'),
  containerInsightsV2: ecs.ContainerInsights.ENABLED,
  enableFargateCapacityProviders: true,
});

// Inferentia2: the first four tasks run on Spot hosts, all others on On-Demand hosts.
const instanceType = NeuronInstanceType.INF2_8_XLARGE;
const spot = new NeuronCapacity(stack, 'Spot', { cluster, instanceType, maxInstances: 5, purchaseOption: PurchaseOption.spot() });
const onDemand = new NeuronCapacity(stack, 'OnDemand', { cluster, instanceType, maxInstances: 3 });
const spotFirst = new NeuronCapacityStrategy(stack, 'SpotFirst', { pools: [{ capacity: spot, base: 4 }, { capacity: onDemand }] });
new NeuronService(stack, 'Embed', { capacity: spotFirst, desiredCount: 6, container: server('embed') });

// Trainium for another model, in the same cluster.
const trainium = new NeuronCapacity(stack, 'Trn1', { cluster, instanceType: NeuronInstanceType.TRN1_2_XLARGE });
new NeuronService(stack, 'Generate', { capacity: trainium, container: server('generate') });

// A web front end without an accelerator, on Fargate.
const web = new ecs.FargateTaskDefinition(stack, 'Web');
web.addContainer('nginx', {
  image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29'),
  portMappings: [{ containerPort: 80 }],
  logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'web' }),
});
new ecs.FargateService(stack, 'WebService', {
  cluster,
  taskDefinition: web,
  desiredCount: 2,
  minHealthyPercent: 100,
  circuitBreaker: { rollback: true },
  capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
});

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
