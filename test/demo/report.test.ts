import { capacities, pool, PROVIDER, service, taskDefinition } from './support';
import { CloudAssembly } from '../../scripts/demo/cloud-assembly';
import { report } from '../../scripts/demo/report';
import { PLAIN } from '../../scripts/demo/style';

/** The report on one stack without capacities. */
function resources(types: string[]): string {
  const Resources = Object.fromEntries(types.map((Type, i) => [`Resource${i}`, { Type }]));
  return report(new CloudAssembly(new Map([['Web', { Resources }]])), PLAIN).join('\n');
}

test('a stack: its resources by AWS service', () => {
  expect(resources(['AWS::EC2::Subnet', 'AWS::S3::Bucket', 'AWS::EC2::Subnet', 'AWS::EC2::VPC', 'Custom::Thing'])).toBe(
    `
Stack Web: 5 resources
  EC2     2 Subnet, VPC
  S3      Bucket
  Custom  Thing
`.slice(1),
  );
});

test('a long list of resources', () => {
  const types = Array.from('ABCDEF', (letter) => `AWS::EC2::${letter.repeat(20)}`);
  expect(resources(types)).toBe(
    `
Stack Web: 6 resources
  EC2  AAAAAAAAAAAAAAAAAAAA, BBBBBBBBBBBBBBBBBBBB, CCCCCCCCCCCCCCCCCCCC, DDDDDDDDDDDDDDDDDDDD,
       EEEEEEEEEEEEEEEEEEEE, FFFFFFFFFFFFFFFFFFFF
`.slice(1),
  );
});

test('two services share a pool; sidecars count as part of the task', () => {
  const Resources = {
    ...pool('inf2.24xlarge', 0, 3),
    Task: taskDefinition([32000, 768], { NEURON_RT_NUM_CORES: '4' }),
    Embed: service('Embed', PROVIDER, 3),
    Rerank: service('Rerank', PROVIDER),
  };
  expect(capacities({ Pool: { Resources } })).toBe(
    `
  Capacity Inf2: 0 to 3 instances of inf2.24xlarge, 3 slices on each host
    host     96 vCPU, 6 chips x 2 NeuronCores
    slice    32768 cpu units, 4 NeuronCores
    service  Embed, 3 tasks
    service  Rerank, 1 task
    in use   4 of 9 slices when all tasks run; the drawing fills one host at a time

  1 host with 3 Embed
  ┌───────────┬───────────┬───────────┐
  │ Embed     │ Embed     │ Embed     │
  │ chips 0-1 │ chips 2-3 │ chips 4-5 │
  │ [■■] [■■] │ [■■] [■■] │ [■■] [■■] │
  └───────────┴───────────┴───────────┘

  1 host with 1 Rerank, 2 free
  ┌───────────┬───────────┬───────────┐
  │ Rerank    │ free      │ free      │
  │ chips 0-1 │ chips 2-3 │ chips 4-5 │
  │ [■■] [■■] │ [□□] [□□] │ [□□] [□□] │
  └───────────┴───────────┴───────────┘`.slice(1),
  );
});

test('a service scales on a pool of another stack that is too small, and logical cores are counted', () => {
  const Outputs = { Export: { Value: PROVIDER, Export: { Name: 'Pool:Provider' } } };
  const Resources = {
    Task: taskDefinition([12288], { NEURON_RT_NUM_CORES: '8', NEURON_LOGICAL_NC_CONFIG: '1' }),
    Chat: service('Chat', { 'Fn::ImportValue': 'Pool:Provider' }, 1),
    Scaling: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        MinCapacity: 2,
        MaxCapacity: 5,
        ResourceId: { 'Fn::Join': ['', ['service/cluster/', { 'Fn::GetAtt': 'Chat.Name' }]] },
      },
    },
  };
  expect(capacities({ Pool: { Resources: pool('trn2.3xlarge', 1, 2), Outputs }, App: { Resources } })).toBe(
    `
  Capacity Inf2: 1 to 2 instances of trn2.3xlarge, 1 slice on each host
    host     12 vCPU, 1 chip x 8 logical NeuronCores
    slice    12288 cpu units, 8 logical NeuronCores
    service  App/Chat, 2 to 5 tasks
    in use   2 of 2 slices when all tasks run; the drawing fills one host at a time

  2 hosts, each with 1 App/Chat
  ┌────────────┐
  │ App/Chat   │
  │ chip 0     │
  │ [■■■■■■■■] │
  └────────────┘
  3 tasks of App/Chat must wait: the capacity has no free slice`.slice(1),
  );
});

test('cpu units that do not suffice for one more slice are no slice', () => {
  const Resources = { ...pool('inf2.24xlarge', 0, 1), Task: taskDefinition([36000]), A: service('A', PROVIDER, 2) };
  expect(capacities({ Pool: { Resources } })).toContain('2 slices on each host');
});

test('a capacity provider of an app that is not here', () => {
  const Outputs = { Export: { Value: PROVIDER, Export: { Name: 'Pool:Provider' } } };
  const Resources = { Task: taskDefinition([4096]), A: service('A', { 'Fn::ImportValue': 'Other:Provider' }) };
  expect(capacities({ Pool: { Resources: pool('inf2.xlarge', 0, 1), Outputs }, App: { Resources } })).toContain('nothing runs on it');
});

test('a workload is called as in the app, also when that is a generic name', () => {
  const Resources = {
    ...pool('inf2.xlarge', 0, 1),
    Task: taskDefinition([4096]),
    A: service('Service', PROVIDER),
    B: service('Api/V1', PROVIDER),
  };
  const text = capacities({ Pool: { Resources } });
  expect(text).toContain('service  Service, 1 task\n');
  expect(text).toContain('service  Api/V1, 1 task\n');
});

test('cores that no slice has are told', () => {
  const Resources = {
    ...pool('inf2.24xlarge', 0, 1),
    Task: taskDefinition([32768], { NEURON_RT_NUM_CORES: '3' }),
    A: service('A', PROVIDER),
  };
  expect(capacities({ Pool: { Resources } })).toContain('slice    32768 cpu units, 3 NeuronCores; 3 are in no slice');
});

test('a pool that nothing runs on', () => {
  expect(capacities({ Pool: { Resources: pool('inf2.xlarge', 0, 1) } })).toBe(
    `
  Capacity Inf2: 0 to 1 instance of inf2.xlarge
    nothing runs on it`.slice(1),
  );
});
