import { ElasticInferenceAccelerator, GaudiInstanceType, NeuronInstanceType } from '../src';

// What the catalogs say and no other test computes with: entered twice, so that a slip is seen.

const INF2_REGIONS =
  'ap-northeast-1 ap-south-1 ap-southeast-1 ap-southeast-2 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-2';
const TRN1_REGIONS = 'us-east-1 us-east-2 us-west-2';
const TRN1_BLOCK_REGIONS = 'ap-south-1 ap-southeast-2 ap-southeast-4 eu-north-1 us-east-1 us-east-2 us-west-1 us-west-2';

test.each<[string, string | undefined, string]>([
  ['inf1.xlarge', undefined, ''],
  ['inf1.2xlarge', undefined, ''],
  ['inf1.6xlarge', undefined, ''],
  ['inf1.24xlarge', undefined, ''],
  ['inf2.xlarge', `${INF2_REGIONS} ap-northeast-2`, ''],
  ['inf2.8xlarge', INF2_REGIONS, ''],
  ['inf2.24xlarge', INF2_REGIONS, ''],
  ['inf2.48xlarge', INF2_REGIONS, ''],
  ['trn1.2xlarge', TRN1_REGIONS, ''],
  ['trn1.32xlarge', TRN1_REGIONS, TRN1_BLOCK_REGIONS],
  ['trn1n.32xlarge', TRN1_REGIONS, ''],
  ['trn2.3xlarge', undefined, 'ap-southeast-4 sa-east-1'],
  ['trn2.48xlarge', 'us-east-2', 'us-east-2'],
  ['trn2u.48xlarge', 'us-east-2', 'us-east-2'],
])('%s is offered in Regions %s, and in Capacity Blocks in %s', (name, regions, blocks) => {
  const type = NeuronInstanceType.fromName(name);
  expect(type.regions?.join(' ')).toBe(regions);
  expect(type.capacityBlockRegions?.join(' ')).toBe(blocks);
});

const ECS = 'docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const MANAGED = 'docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html';
const EC2 = 'docs.aws.amazon.com/ec2/latest/instancetypes/ac.html';
const EFA = 'docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html';
const BLOCKS = 'docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html';
/** Which sets of chips are connected with each other. */
const CHIP_SETS: Record<string, string[]> = {
  trn1: ['awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/infrastructure/scheduler.html'],
  trn2: ['docs.aws.amazon.com/eks/latest/userguide/device-management-neuron.html'],
};
const arch = (page: string) => `awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-hardware/${page}-arch.html`;

test.each(NeuronInstanceType.list())('$name names every page that its facts come from', ({ name, sources }) => {
  const pages: Record<string, string[]> = {
    inf1: [arch('inf1'), ECS, EC2, BLOCKS, ...(name === 'inf1.24xlarge' ? [EFA] : [])],
    inf2: [arch('inf2'), ECS, MANAGED, EC2, BLOCKS],
    trn1: [arch('trn1'), ECS, MANAGED, EC2, EFA, BLOCKS],
    trn2: [arch('trn2'), ECS, MANAGED, EC2, EFA, BLOCKS],
  };
  const sets = name === 'trn1.2xlarge' || name === 'trn2.3xlarge' ? [] : CHIP_SETS[name.slice(0, 4)];
  expect(sources).toEqual([...pages[name.slice(0, 4)], ...(sets ?? [])].map((page) => `https://${page}`));
});

test('dl1.24xlarge names every page that its facts come from, and has the memory of its chips', () => {
  const { sources, acceleratorMemoryPerChip, acceleratorMemory, regions } = GaudiInstanceType.DL1_24_XLARGE;
  expect(sources).toEqual([
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html',
    'https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html',
    'https://aws.amazon.com/blogs/compute/amazon-ec2-dl1-instances-deep-dive/',
  ]);
  expect([acceleratorMemoryPerChip.toGibibytes(), acceleratorMemory.toGibibytes(), regions]).toEqual([32, 256, ['us-east-1', 'us-west-2']]);
});

test.each(ElasticInferenceAccelerator.list())('$name names every page that its facts come from', ({ name, sources }) => {
  const guide = 'https://docs.aws.amazon.com/elastic-inference/latest/developerguide/basics.html';
  const first = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-inference.html';
  expect(sources).toEqual(name.startsWith('eia1') ? [first, guide] : [guide]);
});
