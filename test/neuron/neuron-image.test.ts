import { aws_ecr as ecr, aws_ecs as ecs, CfnParameter } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from '../../src';
import { container, newStackWithVpc, warnings } from '../support';

const { INF1_XLARGE, INF2_XLARGE, TRN1_2_XLARGE, TRN2_3_XLARGE, TRN2_48_XLARGE } = NeuronInstanceType;
const PUBLIC = 'public.ecr.aws/neuron';
const VLLM_021 = 'pytorch-inference-vllm-neuronx:0.21.0.1.0.0-neuronx-py313-sdk2.31.1-ubuntu24.04';
const VLLM_016 = 'pytorch-inference-vllm-neuronx:0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const PYTORCH = 'pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04';
const INF1 = 'pytorch-inference-neuron:1.13.1-neuron-py310-sdk2.20.2-ubuntu20.04';

function on(
  instanceType: NeuronInstanceType,
  name: string | ecs.ContainerImage,
  pool: Partial<NeuronCapacityProps> = {},
  environment = {},
) {
  const { stack, vpc } = newStackWithVpc({ env: { region: 'us-east-2', account: '111111111111' } });
  const image = typeof name === 'string' ? ecs.ContainerImage.fromRegistry(name) : name;
  const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
  const made = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, vpcSubnets, ...pool });
  const capacity = pool.partitions ? made.partition(0) : made;
  new NeuronService(stack, 'Service', { capacity, container: { ...container, image, environment } });
  return stack;
}

const variables = (stack: ReturnType<typeof on>) => {
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return (Properties.ContainerDefinitions[0].Environment as { Name: string; Value: string }[]).filter(({ Name }) => /SKIP/.test(Name));
};

test.each<[NeuronInstanceType, string]>([
  [INF2_XLARGE, `${PUBLIC}/${VLLM_021}`],
  [TRN1_2_XLARGE, `${PUBLIC}/${VLLM_021}`],
  [TRN1_2_XLARGE, `111111111111.dkr.ecr.us-east-2.amazonaws.com/mirror/${VLLM_021}`],
  [INF2_XLARGE, 'registry.example.com:5000/my-vllm:0.30.0-neuronx-py313-sdk2.40.0-ubuntu24.04'],
  [INF1_XLARGE, `${PUBLIC}/${PYTORCH}`],
  [INF2_XLARGE, `${PUBLIC}/${INF1}`],
  [TRN2_3_XLARGE, `${PUBLIC}/pytorch-inference-neuronx:2.1.2-neuronx-py310-sdk2.20.2-ubuntu20.04`],
])('on %s, %s is an error', (type, image) => {
  expect(() => on(type, image)).toThrow(/^Stack\/Service: `image` .* is built for .*, but the task runs on .*neuron-image-family/);
});

test.each<[NeuronInstanceType, string]>([
  [TRN2_3_XLARGE, `${PUBLIC}/${VLLM_021}`],
  [INF2_XLARGE, `${PUBLIC}/${VLLM_016}`],
  [INF2_XLARGE, `${PUBLIC}/${PYTORCH}`],
  [INF1_XLARGE, `${PUBLIC}/${INF1}`],
  [INF1_XLARGE, `${PUBLIC}/pytorch-inference-neuronx@sha256:94afd1f2e64d908bc90dbca0035a5b567`],
  [INF1_XLARGE, 'my-model-server:0.21.0'],
  [INF1_XLARGE, 'my-model-server'],
])('on %s, %s is fine', (type, image) => {
  expect(() => on(type, image)).not.toThrow();
});

test('an image whose name is a token, or comes from a repository of the stack, passes', () => {
  const { stack } = newStackWithVpc();
  expect(() => on(INF1_XLARGE, new CfnParameter(stack, 'Image').valueAsString)).not.toThrow();
  expect(() => on(INF1_XLARGE, ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'R'), '1'))).not.toThrow();
});

test('all instance types of Managed Instances count', () => {
  const { stack, vpc } = newStackWithVpc();
  const capacity = new NeuronManagedCapacity(stack, 'Mi', { vpc, instanceTypes: [TRN2_3_XLARGE, INF2_XLARGE] });
  const image = ecs.ContainerImage.fromRegistry(`${PUBLIC}/${VLLM_021}`);
  expect(() => new NeuronService(stack, 'Service', { capacity, container: { ...container, image } })).toThrow(
    /the task runs on inf2.xlarge/,
  );
});

describe('vLLM from 0.21 on, whose server names its cores itself', () => {
  const warned = (stack: ReturnType<typeof on>) => warnings(stack).filter((text) => text.includes('neuron-image-cores'));

  test('is a warning in a shared slice that names the ways that work', () => {
    expect(warned(on(TRN2_48_XLARGE, `${PUBLIC}/${VLLM_021}`, { tasksPerInstance: 4 }))).toEqual([
      expect.stringMatching(/container main names its cores itself.*`tasksPerInstance` 1, or a partition/),
    ]);
  });

  test('is fine on a whole host and in a partition, and so is an older one in a slice', () => {
    expect(warned(on(TRN2_48_XLARGE, `${PUBLIC}/${VLLM_021}`))).toEqual([]);
    expect(warned(on(TRN2_48_XLARGE, `${PUBLIC}/${VLLM_021}`, { partitions: [8, 4] }))).toEqual([]);
    expect(warned(on(TRN2_48_XLARGE, `${PUBLIC}/${VLLM_016}`, { tasksPerInstance: 4 }))).toEqual([]);
  });

  test('starts on hosts without EFA, unless the container decides itself', () => {
    const name = 'NEURON_SKIP_EFA_AFFINITY';
    expect(variables(on(TRN2_3_XLARGE, `${PUBLIC}/${VLLM_021}`))).toEqual([{ Name: name, Value: '1' }]);
    expect(variables(on(TRN2_3_XLARGE, `${PUBLIC}/${VLLM_021}`, {}, { [name]: '0' }))).toEqual([{ Name: name, Value: '0' }]);
    expect(variables(on(TRN2_48_XLARGE, `${PUBLIC}/${VLLM_021}`, { efa: true }))).toEqual([]);
    expect(variables(on(TRN2_3_XLARGE, `${PUBLIC}/${VLLM_016}`))).toEqual([]);
  });
});
