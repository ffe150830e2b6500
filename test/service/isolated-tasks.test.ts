import { aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs, CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  EcsVpcEndpoints,
  ICapacity,
  FargateCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { newStack, warnings } from '../support';

const INF2 = NeuronInstanceType.INF2_XLARGE;
const env = { account: '111111111111', region: 'us-east-1' };
const registry = '111111111111.dkr.ecr.us-east-1.amazonaws.com';
const portMappings = [{ containerPort: 8080 }];
const healthCheck = { command: ['CMD-SHELL', 'true'] };

function isolatedVpc(stack: Stack): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
  new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
  return vpc;
}

/** The warnings about a job on Fargate in isolated subnets. */
function about(image: string | ((stack: Stack) => ecs.ContainerImage), vpcOf: (stack: Stack) => ec2.IVpc = isolatedVpc): string[] {
  const stack = newStack({ env });
  const made = typeof image === 'string' ? ecs.ContainerImage.fromRegistry(image) : image(stack);
  new MlRunTask(stack, 'Job', { vpc: vpcOf(stack), container: { image: made }, timeout: Duration.hours(1) });
  return warnings(stack).filter((warning) => warning.includes('isolated'));
}

describe('an image of a public registry in isolated subnets', () => {
  test.each([
    ['public.ecr.aws/neuron/pytorch:1', 'public.ecr.aws'],
    ['docker.io/library/busybox', 'docker.io'],
    ['index.docker.io/library/busybox', 'index.docker.io'],
    ['busybox', 'docker.io'],
    ['busybox:1@sha256:0123', 'docker.io'],
    ['vllm/vllm-openai:latest', 'docker.io'],
    ['quay.io/prometheus/node-exporter', 'quay.io'],
    ['ghcr.io/huggingface/text-generation-inference:1', 'ghcr.io'],
    ['registry.k8s.io/pause:3.9', 'registry.k8s.io'],
    ['registry.gitlab.com/group/project', 'registry.gitlab.com'],
  ])('warns and names the pull-through cache: %s', (image, host) => {
    const [warning, ...others] = about(image);
    expect(others).toEqual([]);
    expect(warning).toContain(`Container main has the image ${image}. Its subnets are isolated, and no VPC endpoint serves ${host}, so`);
    expect(warning).toMatch(/pull-through cache rule of Amazon ECR for .*cdk-ecs-ml:isolated-public-image/);
  });

  test.each([
    'nvcr.io/nvidia/pytorch:24.01-py3',
    'gcr.io/project/x',
    'eu.gcr.io/project/x',
    'mcr.microsoft.com/x',
    'vault.habana.ai/gaudi-docker/x',
    'us-docker.pkg.dev/p/x',
  ])('warns and says to copy what has no pull-through cache: %s', (image) => {
    expect(about(image)).toEqual([expect.stringMatching(/Amazon ECR has no pull-through cache for .*, so copy the image into Amazon ECR/)]);
  });

  test.each<[string, string | ((stack: Stack) => ecs.ContainerImage)]>([
    ['private Amazon ECR', `${registry}/models/bert:1`],
    ['private Amazon ECR with FIPS', '111111111111.dkr.ecr-fips.us-east-1.amazonaws.com/models/bert:1'],
    ['a repository', (stack) => ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Repository'))],
    ['a registry that may be in the VPC', 'registry.internal:5000/models/bert'],
    ['localhost', 'localhost/models/bert'],
    ['an address that is not known', (stack) => ecs.ContainerImage.fromRegistry(new CfnParameter(stack, 'Image').valueAsString)],
    [
      'a registry that is not known',
      (stack) => ecs.ContainerImage.fromRegistry(`${new CfnParameter(stack, 'Registry').valueAsString}/models/bert`),
    ],
    [
      'a Region that is not known',
      (stack) => ecs.ContainerImage.fromRegistry(`111111111111.dkr.ecr.${new CfnParameter(stack, 'Region').valueAsString}.amazonaws.com/x`),
    ],
  ])('is not reported for %s', (_, image) => {
    expect(about(image)).toEqual([]);
  });

  test('is reported if only its tag is not known', () => {
    const image = (stack: Stack) =>
      ecs.ContainerImage.fromRegistry(`public.ecr.aws/neuron/pytorch:${new CfnParameter(stack, 'Tag').valueAsString}`);
    expect(about(image)).toEqual([expect.stringContaining('the image public.ecr.aws/neuron/pytorch:…. Its subnets')]);
    const short = (stack: Stack) => ecs.ContainerImage.fromRegistry(`busybox:${new CfnParameter(stack, 'Tag').valueAsString}`);
    expect(about(short)).toEqual([expect.stringContaining('serves docker.io')]);
  });

  test('is fine with a route to the internet', () => {
    expect(about('busybox', (stack) => new ec2.Vpc(stack, 'Vpc'))).toEqual([]);
  });

  test('is reported in an imported VPC, too', () => {
    const imported = (stack: Stack) =>
      ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['us-east-1a'],
        isolatedSubnetIds: ['subnet-0123456789abcdef0'],
        isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
      });
    expect(about('busybox', imported)).toEqual(expect.arrayContaining([expect.stringContaining('no VPC endpoint serves docker.io')]));
  });

  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => ICapacity]>([
    ['a pool', (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2 })],
    ['Managed Instances', (stack, vpc) => new NeuronManagedCapacity(stack, 'Hosts', { vpc, instanceTypes: [INF2] })],
  ])('is reported for a service and its sidecars on %s, and can be acknowledged', (_, make) => {
    const stack = newStack({ env });
    const capacity = make(stack, isolatedVpc(stack)) as NeuronCapacity;
    const image = ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0');
    const service = new NeuronService(stack, 'Service', { capacity, container: { image, portMappings, healthCheck } });
    service.taskDefinition.addContainer('Sidecar', {
      image: ecs.ContainerImage.fromRegistry('nvcr.io/nvidia/x'),
      memoryLimitMiB: 100,
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'x' }),
    });

    const found = warnings(stack).filter((warning) => warning.includes('isolated-public-image'));
    expect(found.join()).toMatch(/Container main/);
    expect(found.join()).toMatch(/Container Sidecar/);
  });

  test('can be acknowledged', () => {
    const stack = newStack({ env });
    const image = ecs.ContainerImage.fromRegistry('busybox');
    const job = new MlRunTask(stack, 'Job', { vpc: isolatedVpc(stack), container: { image }, timeout: Duration.hours(1) });
    Validations.of(job).acknowledge({ id: 'cdk-ecs-ml:isolated-public-image', reason: 'A proxy serves it' });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('an image of private Amazon ECR in isolated subnets', () => {
  test('of another Region is a warning', () => {
    expect(about('763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch:1')).toEqual([
      expect.stringMatching(/image in us-west-2\. Its subnets are isolated and in us-east-1.*cdk-ecs-ml:isolated-image-region/),
    ]);
  });

  test('by its dual-stack address is a warning', () => {
    expect(about('111111111111.dkr-ecr.us-east-1.on.aws/models/bert')).toEqual([
      expect.stringMatching(/by the dual-stack address.*cdk-ecs-ml:isolated-dual-stack-image/),
    ]);
  });

  test('is fine in a pool with Fargate in the same VPC', () => {
    const stack = newStack({ env });
    const vpc = isolatedVpc(stack);
    const image = ecs.ContainerImage.fromRegistry(`${registry}/models/bert`);
    const fargate = new FargateCapacity(stack, 'Fargate', { vpc });
    new MlRunTask(stack, 'OnFargate', { capacity: fargate, container: { image }, timeout: Duration.hours(1) });
    const pool = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2 });
    new MlRunTask(stack, 'OnPool', { capacity: pool, container: { image }, timeout: Duration.hours(1) });
    expect(warnings(stack)).toEqual([]);
  });
});
