import {
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_iam as iam,
  Aspects,
  Aws,
  CfnParameter,
  Duration,
  Fn,
  Lazy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { IConstruct } from 'constructs';
import {
  Ec2Capacity,
  ElasticInferenceAccelerator,
  ElasticInferenceService,
  FargateCapacity,
  GaudiManagedCapacity,
  GaudiService,
  MlRunTask,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { container, newApp, newStack, newStackWithVpc, synth, warnings } from '../support';

const instanceType = NeuronInstanceType.INF2_XLARGE;
const PARTITION = { Ref: 'AWS::Partition' };

/** A job on Fargate with an image by its address. */
function job(stack: Stack, image: string, props: { executionRole?: iam.IRole } = {}): MlRunTask {
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const capacity = new FargateCapacity(stack, 'Capacity', { vpc });
  return new MlRunTask(stack, 'Job', {
    capacity,
    timeout: Duration.hours(1),
    container: { image: ecs.ContainerImage.fromRegistry(image) },
    ...props,
  });
}

/** The ARNs of the repositories from which the template allows pulls, each as one string. */
function pulls(stack: Stack): string[] {
  const text = (part: unknown): string => (typeof part === 'string' ? part : JSON.stringify(part));
  return Object.values(synth(stack).findResources('AWS::IAM::Policy'))
    .flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string[]; Resource: { 'Fn::Join'?: [string, unknown[]] } }[],
    )
    .filter(({ Action }) => Action.includes('ecr:BatchGetImage'))
    .map(({ Resource }) => (Resource['Fn::Join']?.[1] ?? [Resource]).map(text).join(''));
}

const arn = (rest: string, partition: unknown = PARTITION) =>
  `arn:${typeof partition === 'string' ? partition : JSON.stringify(partition)}:ecr:${rest}`;

describe('the address of a private registry', () => {
  test.each([
    ['111111111111.dkr.ecr.us-east-1.amazonaws.com/models/bert:1', 'us-east-1:111111111111:repository/models/bert', PARTITION],
    ['111111111111.dkr.ecr-fips.us-east-1.amazonaws.com/models:1', 'us-east-1:111111111111:repository/models', PARTITION],
    ['111111111111.dkr-ecr.us-east-1.on.aws/models@sha256:0', 'us-east-1:111111111111:repository/models', PARTITION],
    ['111111111111.dkr-ecr-fips.us-east-1.on.aws/models', 'us-east-1:111111111111:repository/models', PARTITION],
    ['111111111111.dkr.ecr-fips.us-gov-west-1.amazonaws.com/models:1', 'us-gov-west-1:111111111111:repository/models', 'aws-us-gov'],
    ['111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn/models:1', 'cn-north-1:111111111111:repository/models', 'aws-cn'],
    ['111111111111.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/models:1', 'cn-north-1:111111111111:repository/models', 'aws-cn'],
    ['111111111111.dkr.ecr.eusc-de-east-1.amazonaws.eu/models:1', 'eusc-de-east-1:111111111111:repository/models', 'aws-eusc'],
    ['111111111111.dkr.ecr.us-iso-east-1.c2s.ic.gov/models:1', 'us-iso-east-1:111111111111:repository/models', 'aws-iso'],
    ['111111111111.dkr.ecr.us-isob-east-1.sc2s.sgov.gov/models:1', 'us-isob-east-1:111111111111:repository/models', 'aws-iso-b'],
    ['111111111111.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk/models:1', 'eu-isoe-west-1:111111111111:repository/models', 'aws-iso-e'],
    ['111111111111.dkr.ecr.us-isof-south-1.csp.hci.ic.gov/models:1', 'us-isof-south-1:111111111111:repository/models', 'aws-iso-f'],
    // A Region that aws-cdk-lib does not know yet.
    ['111111111111.dkr.ecr.mars-north-1.amazonaws.com/models:1', 'mars-north-1:111111111111:repository/models', PARTITION],
  ])('%s gives the permission to pull', (image, repository, partition) => {
    const stack = newStack();
    job(stack, image);
    expect(pulls(stack)).toEqual([arn(repository, partition)]);
    expect(warnings(stack).filter((text) => /ecr/i.test(text))).toEqual([]);
  });

  test.each([
    'public.ecr.aws/neuron/pytorch-inference-neuronx:latest',
    'my-model',
    '1.dkr.ecr.us-east-1.amazonaws.com/models:1',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com.example.com/models:1',
    'example.com/111111111111.dkr.ecr.us-east-1.amazonaws.com/models:1',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com',
  ])('%s is none', (image) => {
    const stack = newStack();
    job(stack, image);
    expect(pulls(stack)).toEqual([]);
  });

  const here = '{"Ref":"AWS::Region"}:{"Ref":"AWS::AccountId"}:repository/models';

  test.each<[string, (stack: Stack) => string]>([
    ['pseudo parameters', () => `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/models:1`],
    ['the account and the Region of a stack', (stack) => `${stack.account}.dkr.ecr-fips.${stack.region}.amazonaws.com/models:1`],
    ['Fn::Join', () => Fn.join('.', [Aws.ACCOUNT_ID, 'dkr', 'ecr', Aws.REGION, Fn.join('/', [Aws.URL_SUFFIX, 'models:1'])])],
    ['Fn::Sub', () => Fn.sub('${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/models:1')],
    [
      'Fn::Sub with variables',
      () => Fn.sub('${Registry}/${Name}:1', { Registry: `${Aws.ACCOUNT_ID}.dkr-ecr.${Aws.REGION}.on.aws`, Name: 'models' }),
    ],
    ['a lazy value', () => Lazy.string({ produce: () => `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.amazonaws.com/models:1` })],
  ])('can have tokens: %s', (_, image) => {
    const stack = newStack();
    job(stack, image(stack));
    const [found, ...others] = pulls(stack);
    expect(others).toEqual([]);
    // Fn::Sub gives its variables in its own form.
    expect(found.replace(/\{"Fn::Sub":"\$\{([^}]+)\}"\}/g, '{"Ref":"$1"}')).toBe(arn(here));
  });

  test('can have a token as the name of the repository, and as the tag', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name');
    const tag = new CfnParameter(stack, 'Tag');
    job(stack, `111111111111.dkr.ecr.us-east-1.amazonaws.com/team/${name.valueAsString}:${tag.valueAsString}`);
    expect(pulls(stack)).toEqual([arn('us-east-1:111111111111:repository/team/{"Ref":"Name"}')]);
  });

  test('can belong to a repository of another stack', () => {
    const app = newApp();
    const models = new ecr.Repository(newStack({ stackName: 'Repositories' }, app), 'Models');
    const stack = new Stack(app, 'Other');
    job(stack, `${models.repositoryUri}:1`);
    const [found] = pulls(stack);
    expect(found).toMatch(/"Fn::ImportValue".*:repository\//);
    expect(found).not.toMatch(/"Fn::GetAtt"/);
  });

  test('that is not known as a whole gives no permission', () => {
    const stack = newStack();
    job(stack, new CfnParameter(stack, 'Image').valueAsString);
    expect(pulls(stack)).toEqual([]);
  });

  test('of a repository or an image asset is granted once, by aws-cdk-lib', () => {
    const stack = newStack();
    const made = job(stack, 'my-model');
    const sidecar = { logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'side' }), essential: false };
    made.taskDefinition.addContainer('Own', {
      image: ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Models')),
      ...sidecar,
    });
    expect(pulls(stack)).toEqual([expect.stringMatching(/^\{"Fn::GetAtt":\["Models/)]);
  });
});

describe('each task', () => {
  const image = ecs.ContainerImage.fromRegistry('111111111111.dkr.ecr-fips.us-east-1.amazonaws.com/models:1');
  const main = { ...container, image };
  const own = { ...main, memoryReservationMiB: 512 };

  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => unknown]>([
    ['a Neuron service', (stack, vpc) => new NeuronService(stack, 'S', { vpc, instanceType, container: main })],
    [
      'a Neuron service on Managed Instances',
      (stack, vpc) =>
        new NeuronService(stack, 'S', {
          capacity: new NeuronManagedCapacity(stack, 'C', { vpc, instanceTypes: [instanceType] }),
          container: main,
        }),
    ],
    [
      'a Gaudi service',
      (stack, vpc) => new GaudiService(stack, 'S', { capacity: new GaudiManagedCapacity(stack, 'C', { vpc }), container: main }),
    ],
    [
      'an Elastic Inference service',
      (stack, vpc) =>
        new ElasticInferenceService(stack, 'S', {
          vpc,
          instanceType: new ec2.InstanceType('c5.large'),
          accelerators: [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }],
          container: own,
        }),
    ],
    [
      'a job on a pool',
      (stack, vpc) =>
        new MlRunTask(stack, 'S', {
          capacity: new NeuronCapacity(stack, 'C', { vpc, instanceType }),
          container: { image },
          timeout: Duration.hours(1),
        }),
    ],
    [
      'a job on hosts without slices',
      (stack, vpc) =>
        new MlRunTask(stack, 'S', {
          capacity: new Ec2Capacity(stack, 'C', { vpc, instanceType: new ec2.InstanceType('m7i.large') }),
          container: { image, memoryReservationMiB: 512 },
          timeout: Duration.hours(1),
        }),
    ],
  ])('of %s may pull its image', (_, make) => {
    const { stack, vpc } = newStackWithVpc();
    make(stack, vpc);
    expect(pulls(stack)).toContain(arn('us-east-1:111111111111:repository/models'));
  });

  test('may pull the images of containers that run first', () => {
    const stack = newStack();
    const made = job(stack, 'my-model');
    const first = made.taskDefinition.addContainer('First', {
      image: ecs.ContainerImage.fromRegistry('111111111111.dkr-ecr.us-east-1.on.aws/first:1'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'first' }),
      essential: false,
    });
    made.container.addContainerDependencies({ container: first, condition: ecs.ContainerDependencyCondition.SUCCESS });
    expect(pulls(stack)).toEqual([arn('us-east-1:111111111111:repository/first')]);
  });
});

describe('an execution role that cannot be changed', () => {
  const image = '111111111111.dkr.ecr.us-east-1.amazonaws.com/models:1';
  const roleArn = 'arn:aws:iam::111111111111:role/execution';
  const own = (text: string) => text.includes('cdk-ecs-ml:image-pull-role');

  test.each<[string, (stack: Stack) => iam.IRole]>([
    ['imported', (stack) => iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false })],
    [
      'imported, with grants to resources',
      (stack) => iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false, addGrantsToResources: true }),
    ],
    ['imported by its name', (stack) => iam.Role.fromRoleName(stack, 'Role', 'execution', { mutable: false })],
    [
      'without policy updates',
      (stack) =>
        new iam.Role(stack, 'Role', {
          roleName: 'execution',
          assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
        }).withoutPolicyUpdates(),
    ],
  ])('%s is a warning with the role, the actions and the repository', (_, role) => {
    const stack = newStack();
    job(stack, image, { executionRole: role(stack) });
    const [found, ...others] = warnings(stack).filter(own);
    expect(others).toEqual([]);
    expect(found).toMatch(
      /cannot change the execution role Stack\/(ImmutableRole)?Role .*ecr:BatchGetImage.*arn:aws:ecr:us-east-1:111111111111:repository\/models/,
    );
    expect(found).toContain('ecr:GetAuthorizationToken');
    expect(warnings(stack).join()).toContain('@aws-cdk/aws-ecs:ecrImageRequiresPolicy');
  });

  test('of another account is one', () => {
    const stack = newStack({ env: { account: '222222222222', region: 'us-east-1' } });
    job(stack, image, { executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn) });
    expect(warnings(stack).filter(own)).toHaveLength(1);
  });

  test('that is customized is a warning', () => {
    const stack = newStack();
    iam.Role.customizeRoles(stack, {
      usePrecreatedRoles: {
        'Stack/Job/TaskDefinition/ExecutionRole': 'execution',
        'Stack/Job/TaskDefinition/TaskRole': 'task',
        'Stack/Job/StateMachine/Role': 'states',
      },
    });
    job(stack, image);
    expect(warnings(stack).filter(own)).toEqual([expect.stringContaining('Stack/Job/TaskDefinition/ExecutionRole')]);
  });

  test('warns of FIPS addresses and of sidecars too, once for each repository', () => {
    const stack = newStack();
    const made = job(stack, image.replace('.ecr.', '.ecr-fips.'), {
      executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false }),
    });
    for (const [id, name] of Object.entries({ Same: 'models:2', Other: 'other:1' })) {
      made.taskDefinition.addContainer(id, {
        image: ecs.ContainerImage.fromRegistry(`111111111111.dkr-ecr.us-east-1.on.aws/${name}`),
        logging: ecs.LogDrivers.awsLogs({ streamPrefix: id }),
      });
    }
    expect(warnings(stack).filter(own)).toEqual([
      expect.stringMatching(/Container main .*repository\/models,/),
      expect.stringMatching(/Container Other .*repository\/other,/),
    ]);
  });

  test('names tokens of an address by their functions', () => {
    const stack = newStack();
    job(stack, `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.amazonaws.com/models:1`, {
      executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false }),
    });
    expect(warnings(stack).filter(own)).toEqual([
      expect.stringContaining('{"Ref":"AWS::Region"}:{"Ref":"AWS::AccountId"}:repository/models'),
    ]);
  });

  test('can be acknowledged', () => {
    const stack = newStack();
    const made = job(stack, image, { executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false }) });
    Validations.of(made).acknowledge({ id: 'cdk-ecs-ml:image-pull-role', reason: 'the role has the managed policy' });
    expect(warnings(stack).filter(own)).toEqual([]);
  });

  test('is silent with public images', () => {
    const stack = newStack();
    job(stack, 'my-model', { executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false }) });
    expect(warnings(stack).filter(own)).toEqual([]);
  });

  test('that is imported and can be changed gets the policy', () => {
    const stack = newStack();
    job(stack, image, { executionRole: iam.Role.fromRoleArn(stack, 'Role', roleArn) });
    expect(pulls(stack)).toEqual([arn('us-east-1:111111111111:repository/models')]);
    expect(warnings(stack).filter(own)).toEqual([]);
  });
});

test('containers that an aspect adds late are kept', () => {
  const stack = newStack();
  const { taskDefinition } = job(stack, '111111111111.dkr.ecr.us-east-1.amazonaws.com/models:1');
  const visit = (construct: IConstruct) => {
    if (construct !== taskDefinition || taskDefinition.findContainer('Side')) return;
    taskDefinition.addContainer('Side', {
      image: ecs.ContainerImage.fromRegistry('my-agent'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'side' }),
    });
  };
  Aspects.of(stack).add({ visit });
  synth(stack, 'AwsSolutions-IAM5').hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({ Name: 'main' }), Match.objectLike({ Name: 'Side' })],
  });
});
