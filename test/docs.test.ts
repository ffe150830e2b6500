import { readdirSync, readFileSync } from 'fs';
import * as path from 'path';
import { aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3, aws_sns as sns, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { MlRunTask, NeuronCapacity, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from '../src';
import { container, newApp, synth, warnings } from './support';

const ROOT = path.join(__dirname, '..');
const FIXTURE = readFileSync(path.join(ROOT, 'rosetta', 'default.ts-fixture'), 'utf8');

/** What look-ups find. */
const FOUND = {
  'availability-zones:account=111111111111:region=us-west-2': ['a', 'b', 'c', 'd'].map((zone) => `us-west-2${zone}`),
  'ssm:account=111111111111:parameterName=/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id:region=us-west-2':
    'ami-0123456789abcdef0',
};

/** What the fixture declares, made when a snippet uses it. */
const GIVEN: Record<string, (scope: Construct, vpc: () => ec2.Vpc) => unknown> = {
  vpc: (_, vpc) => vpc(),
  capacity: (scope, vpc) => new NeuronCapacity(scope, 'GivenCapacity', { vpc: vpc(), instanceType: NeuronInstanceType.INF2_24_XLARGE }),
  managed: (scope, vpc) =>
    new NeuronManagedCapacity(scope, 'GivenManaged', { vpc: vpc(), instanceTypes: [NeuronInstanceType.INF2_XLARGE] }),
  service: (scope, vpc) =>
    new NeuronService(scope, 'GivenService', {
      vpc: vpc(),
      instanceType: NeuronInstanceType.INF2_8_XLARGE,
      desiredCount: 1,
      maxInstances: 12,
      container,
    }),
  train: (scope, vpc) => new MlRunTask(scope, 'GivenTrain', { vpc: vpc(), container, timeout: Duration.minutes(30) }),
  bucket: (scope) => new s3.Bucket(scope, 'GivenBucket'),
  topic: (scope) => new sns.Topic(scope, 'GivenTopic', { enforceSSL: true }),
  cluster: (scope, vpc) => new ecs.Cluster(scope, 'GivenCluster', { vpc: vpc() }),
  launchTemplate: (scope, vpc) =>
    new ec2.LaunchTemplate(scope, 'GivenLaunchTemplate', {
      securityGroup: new ec2.SecurityGroup(scope, 'GivenGroup', { vpc: vpc() }),
      requireImdsv2: true,
    }),
  taskDefinition: (scope) => {
    const given = new ecs.Ec2TaskDefinition(scope, 'GivenTask');
    given.addContainer('Given', { ...container, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'given' }), memoryReservationMiB: 64 });
    return given;
  },
};

/** The TypeScript blocks of a page that stand in the fixture, each with the line that it starts on. */
function snippetsOf(page: string): [string, string][] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(({ index, 1: code }) => [
    `${page}:${text.slice(0, index).split('\n').length}`,
    code,
  ]);
}

/** Runs a snippet in the fixture: as the constructor of a stack. */
function run(snippet: string): Stack {
  const used = Object.keys(GIVEN).filter((name) => new RegExp(`(?<!\\.)\\b${name}\\b`).test(snippet));
  const body = `{ const { ${used.join(', ')} } = given(this); { ${snippet} } }`;
  const fixture = FIXTURE.replace(/^declare const .*$/gm, '').replace('super(scope, id)', 'super(scope, id, { env })');
  const source = `${fixture.replace('/// here', () => body)}\nexport { Fixture };`;
  const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } });
  const given = (scope: Construct) => {
    let made: ec2.Vpc | undefined;
    const vpc = () => (made ??= new ec2.Vpc(scope, 'GivenVpc', { maxAzs: 4 }));
    return Object.fromEntries(used.map((name) => [name, GIVEN[name](scope, vpc)]));
  };
  // An image whose id is kept in the context is looked up, and so needs to know where.
  const env = snippet.includes('cachedInContext') ? { account: '111111111111', region: 'us-west-2' } : undefined;
  const exported: { Fixture?: new (scope: Construct, id: string) => Stack } = {};
  new Function('require', 'exports', 'given', 'env', outputText)(require, exported, given, env);
  const stack = new exported.Fixture!(newApp(FOUND), 'Docs');
  // The zones of a VPC that knows where it is; older aws-cdk-lib finds fault with their names.
  if (env) Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::W3010', reason: 'aws-cdk-lib looks the zones up.' });
  return stack;
}

/** Its blocks are programs of their own, which test/migration.test.ts runs. */
const OF_PROGRAMS = 'migrate-elastic-inference.md';

const PAGES = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== OF_PROGRAMS)
    .map((name) => `docs/${name}`),
];

test.each(PAGES.flatMap(snippetsOf))('%s synthesises', (_, snippet) => {
  const stack = run(snippet);
  synth(stack, 'AwsSolutions-EC23', 'AwsSolutions-ELB2', 'AwsSolutions-SF1', 'AwsSolutions-SF2');
  expect(warnings(stack).filter((warning) => !warning.includes('no-health-check'))).toEqual([]);
});

test('the load balancer of the README asks for the path that its container health check calls', () => {
  const [[, snippet]] = snippetsOf('README.md').filter(([, code]) => code.includes('addListener'));
  expect(snippet).not.toContain('path');
  synth(run(snippet), 'AwsSolutions-ELB2', 'AwsSolutions-EC23').hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    HealthCheckPath: '/ping',
  });
});

test('what a snippet makes is in the stack', () => {
  expect(run('new ec2.Vpc(this, "Seen");').node.tryFindChild('Seen')).toBeInstanceOf(ec2.Vpc);
});
