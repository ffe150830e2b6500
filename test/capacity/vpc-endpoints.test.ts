import {
  App,
  Aspects,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  aws_ssm as ssm,
  CfnParameter,
  Duration,
  SecretValue,
  Stack,
  Tags,
} from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import {
  EcsVpcEndpoints,
  FargateCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
  NeuronServiceProps,
} from '../../src';
import { newApp, newStack, warnings } from '../support';

const INF2 = NeuronInstanceType.INF2_XLARGE;
const HOST_SERVICES = ['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'logs', 's3'];
const image = ecs.ContainerImage.fromRegistry('111111111111.dkr.ecr.us-east-1.amazonaws.com/models/bert:1');
const container: ecs.ContainerDefinitionOptions = {
  image,
  portMappings: [{ containerPort: 8080 }],
  healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
};

/** A VPC that has only isolated subnets. */
function isolatedVpc(stack: Stack): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
}

function importedVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['us-east-1a'],
    isolatedSubnetIds: ['subnet-0123456789abcdef0'],
    isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
  });
}

/** The services of the endpoints in the template of a stack, by the last labels of their names. */
function services(stack: Stack): string[] {
  const resources = Object.values(template(stack).Resources ?? {}) as { Type: string; Properties: Record<string, unknown> }[];
  return resources
    .filter(({ Type }) => Type === 'AWS::EC2::VPCEndpoint')
    .map(({ Properties }) => /([a-z0-9-]+(?:\.(?:api|dkr|runtime))?)"\]?\]?}?$/.exec(JSON.stringify(Properties.ServiceName))?.[1] ?? '')
    .sort();
}

function parameter(stack: Stack): ssm.IParameter {
  return new ssm.StringParameter(stack, 'Parameter', { stringValue: 'x' });
}

function template(stack: Stack): { Resources?: Record<string, unknown> } {
  const app = stack.node.root as App;
  return app.synth().getStackByName(stack.stackName).template;
}

/** A service on a pool in isolated subnets with endpoints, and what its endpoints are in addition to those that every host needs. */
function added(
  prepare: (stack: Stack) => { service?: Partial<NeuronServiceProps>; pool?: Partial<NeuronCapacityProps> },
  then: (service: NeuronService, stack: Stack) => void = () => undefined,
): string[] {
  const stack = newStack({ env: { account: '111111111111', region: 'us-east-1' } });
  const vpc = isolatedVpc(stack);
  new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
  const props = prepare(stack);
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2, ...props.pool });
  const service = new NeuronService(stack, 'Service', { capacity, container, ...props.service });
  then(service, stack);
  const all = services(stack);
  expect(all).toEqual(expect.arrayContaining(HOST_SERVICES));
  expect(warnings(stack)).toEqual([]);
  return all.filter((name) => !HOST_SERVICES.includes(name));
}

describe('EcsVpcEndpoints makes endpoints for', () => {
  test('every host, and nothing else if nothing else is called', () => {
    expect(added(() => ({}))).toEqual([]);
  });

  test('ECS Exec', () => {
    expect(added(() => ({ service: { enableExecuteCommand: true } }))).toEqual(['ssmmessages']);
  });

  test('ECS Exec with a task role that cannot be changed', () => {
    const taskRole = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/task', { mutable: false });
    expect(added((stack) => ({ service: { enableExecuteCommand: true, taskRole: taskRole(stack) } }))).toEqual(['ssmmessages']);
  });

  test('sessions on hosts', () => {
    expect(added(() => ({ pool: { ssmSessionPermissions: true } }))).toEqual(['ec2messages', 'ssm', 'ssmmessages']);
  });

  test('secrets and parameters', () => {
    const secrets = (stack: Stack) => ({
      KEY: ecs.Secret.fromSecretsManager(
        new secretsmanager.Secret(stack, 'Secret', { secretStringValue: SecretValue.unsafePlainText('x') }),
      ),
      NAME: ecs.Secret.fromSsmParameter(parameter(stack)),
    });
    expect(added((stack) => ({ service: { container: { ...container, secrets: secrets(stack) } } }))).toEqual(['secretsmanager', 'ssm']);
  });

  test.each([
    ['a secret', (stack: Stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'name'), 'secretsmanager'],
    ['a parameter', (stack: Stack) => parameter(stack), 'ssm'],
  ] as const)('%s of a container whose execution role cannot be changed', (_, value, expected) => {
    const secretOf = (made: secretsmanager.ISecret | ssm.IParameter) =>
      'secretArn' in made ? ecs.Secret.fromSecretsManager(made) : ecs.Secret.fromSsmParameter(made);
    const stack = newStack();
    const vpc = isolatedVpc(stack);
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    const executionRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/execution', { mutable: false });
    new MlRunTask(stack, 'Job', {
      vpc,
      executionRole,
      timeout: Duration.hours(1),
      container: { image, secrets: { KEY: secretOf(value(stack)) } },
    });
    expect(services(stack)).toContain(expected);
  });

  test('secrets of a sidecar that is added later, its registry, and its log driver', () => {
    const logDriver = (stack: Stack) =>
      new ecs.GenericLogDriver({
        logDriver: 'splunk',
        secretOptions: {
          'splunk-token': ecs.Secret.fromSsmParameter(parameter(stack)),
        },
      });
    expect(
      added(
        () => ({}),
        (service, stack) => service.taskDefinition.addContainer('Sidecar', { image, memoryLimitMiB: 100, logging: logDriver(stack) }),
      ),
    ).toEqual(['ssm']);
    const credentials = (stack: Stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Credentials', 'name');
    expect(
      added(
        () => ({}),
        (service, stack) => {
          const sidecar = ecs.ContainerImage.fromRegistry('registry.internal/x', { credentials: credentials(stack) });
          service.taskDefinition.addContainer('Sidecar', { image: sidecar, memoryLimitMiB: 100 });
        },
      ),
    ).toEqual(['secretsmanager']);
  });

  test.each<[string, (service: NeuronService, stack: Stack) => void, string[]]>([
    ['a key', ({ grantPrincipal }, stack) => new kms.Key(stack, 'Key').grantDecrypt(grantPrincipal), ['kms']],
    ['a queue', ({ grantPrincipal }, stack) => new sqs.Queue(stack, 'Queue').grantConsumeMessages(grantPrincipal), ['sqs']],
    [
      'a table',
      ({ grantPrincipal }, stack) =>
        new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } }).grantReadData(
          grantPrincipal,
        ),
      ['dynamodb'],
    ],
    [
      'metrics',
      ({ taskDefinition }) =>
        taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: ['cloudwatch:PutMetricData'], resources: ['*'] })),
      ['monitoring'],
    ],
    [
      'actions in other cases and lists',
      ({ taskDefinition }) =>
        taskDefinition.addToTaskRolePolicy(
          new iam.PolicyStatement({ actions: ['SNS:Publish', 'sagemaker:InvokeEndpoint', 'kinesis:PutRecord'], resources: ['*'] }),
        ),
      ['kinesis-streams', 'sagemaker.runtime', 'sns'],
    ],
    [
      'nothing that is denied, that any action may be, or that has no endpoint',
      ({ taskDefinition }) => {
        taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sqs:*'], resources: ['*'] }));
        taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: ['*', 'iam:GetRole'], resources: ['*'] }));
      },
      [],
    ],
  ])('what the task role allows: %s', (_, grant, expected) => {
    expect(added(() => ({}), grant)).toEqual(expected);
  });

  test.each<[string, (stack: Stack) => iam.IRole, string[]]>([
    [
      'inline and managed policies',
      (stack) => {
        const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
        const statements = [new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] })];
        const own = new iam.ManagedPolicy(stack, 'Own', {
          statements: [new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: ['*'] })],
        });
        return new iam.Role(stack, 'Role', {
          assumedBy,
          inlinePolicies: { Queue: new iam.PolicyDocument({ statements }) },
          managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy'), own],
        });
      },
      ['monitoring', 'sqs', 'sts'],
    ],
    [
      'policies that are attached to an imported role',
      (stack) => {
        const role = iam.Role.fromRoleName(stack, 'Role', 'task');
        role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] }));
        iam.Role.fromRoleName(stack, 'Other', 'other').addToPrincipalPolicy(
          new iam.PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }),
        );
        return role;
      },
      ['sqs'],
    ],
    [
      'an own role that cannot be changed',
      (stack) => {
        const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
        role.addToPolicy(new iam.PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }));
        return role.withoutPolicyUpdates();
      },
      ['xray'],
    ],
  ])('what a given task role allows: %s', (_, role, expected) => {
    expect(added((stack) => ({ service: { taskRole: role(stack) } }))).toEqual(expected);
  });

  test('what the host role allows, and the set-up that pauses a group of hosts that fail', () => {
    expect(added(() => ({ pool: { userDataCommands: ['true'] } }))).toEqual(['autoscaling']);
  });

  test('services and jobs of the VPC in other stacks, and services of the user', () => {
    const app = newApp();
    const network = new Stack(app, 'Network');
    const vpc = isolatedVpc(network);
    new EcsVpcEndpoints(network, 'Endpoints', { vpc });
    const other = new Stack(app, 'Other');
    const job = new MlRunTask(other, 'Job', { vpc, container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    new sqs.Queue(other, 'Queue').grantSendMessages(job.taskDefinition.taskRole);
    const task = new ecs.FargateTaskDefinition(other, 'Task');
    task.addContainer('main', { image });
    task.addToTaskRolePolicy(new iam.PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }));
    new ecs.FargateService(other, 'Own', { cluster: new ecs.Cluster(other, 'Cluster', { vpc }), taskDefinition: task });
    expect(services(network)).toEqual([...HOST_SERVICES, 'sns', 'sqs', 'ssmmessages']);
    expect(services(other)).toEqual([]);
    expect(warnings(other).filter((warning) => warning.includes('cdk-ecs-ml'))).toEqual([]);
  });

  test('nothing of another VPC', () => {
    const stack = newStack();
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc: isolatedVpc(stack) });
    new MlRunTask(stack, 'Job', {
      vpc: new ec2.Vpc(stack, 'Other'),
      container: { image },
      timeout: Duration.hours(1),
      enableExecuteCommand: true,
    });
    expect(services(stack)).toEqual(HOST_SERVICES);
  });

  test('an imported VPC, by its id', () => {
    const stack = newStack();
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc: importedVpc(stack) });
    const again = ec2.Vpc.fromVpcAttributes(stack, 'Again', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    new MlRunTask(stack, 'Job', { vpc: again, container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    expect(services(stack)).toEqual([...HOST_SERVICES, 'ssmmessages']);
    expect(warnings(stack)).toEqual([]);
  });

  test('additional services, each once', () => {
    const stack = newStack();
    const { SQS, LAMBDA, CLOUDWATCH_LOGS, S3, DYNAMODB } = ec2.InterfaceVpcEndpointAwsService;
    new EcsVpcEndpoints(stack, 'Endpoints', {
      vpc: isolatedVpc(stack),
      additionalServices: [SQS, SQS, LAMBDA, CLOUDWATCH_LOGS, S3, DYNAMODB],
    });
    expect(services(stack)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'lambda', 'logs', 's3', 'sqs']);
    const types = Object.values(template(stack).Resources ?? {}).filter((resource) => JSON.stringify(resource).includes('"Gateway"'));
    expect(types).toHaveLength(2);
  });

  test('no excluded services', () => {
    const stack = newStack();
    const { CLOUDWATCH_LOGS, S3, SSM_MESSAGES } = ec2.InterfaceVpcEndpointAwsService;
    const vpc = importedVpc(stack);
    const endpoints = new EcsVpcEndpoints(stack, 'Endpoints', { vpc, excludedServices: [CLOUDWATCH_LOGS, S3, SSM_MESSAGES] });
    new MlRunTask(stack, 'Job', { vpc, container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    expect(services(stack)).toEqual(['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry']);
    expect(endpoints.s3Endpoint).toBeUndefined();
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/The tasks are .* imported VPC. Make sure that it has endpoints for logs, s3, ssmmessages,/),
    ]);
  });

  test('no service that has one, of whatever construct, and with the same ids at each synthesis', () => {
    const stack = newStack();
    const vpc = isolatedVpc(stack);
    vpc.addInterfaceEndpoint('Exec', { service: ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES });
    new ec2.CfnVPCEndpoint(stack, 'Queue', {
      vpcId: vpc.vpcId,
      serviceName: `com.amazonaws.${stack.region}.sqs`,
      vpcEndpointType: 'Interface',
    });
    const endpoints = new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    const job = new MlRunTask(stack, 'Job', { vpc, container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    for (const action of ['sqs:SendMessage', 'sns:Publish']) {
      job.taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: [action], resources: ['*'] }));
    }
    expect(services(stack)).toEqual([...HOST_SERVICES, 'sns', 'sqs', 'ssmmessages']);
    expect(endpoints.interfaceEndpoints.map(({ node }) => node.id)).toEqual([
      ...['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr-api', 'ecr-dkr', 'logs'],
      'sns',
    ]);
    expect(warnings(stack)).toEqual([]);
  });

  test('a VPC with two of them only once', () => {
    const stack = newStack();
    const vpc = isolatedVpc(stack);
    new EcsVpcEndpoints(stack, 'A', { vpc });
    new EcsVpcEndpoints(stack, 'B', { vpc });
    new MlRunTask(stack, 'Job', { vpc, container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    expect(services(stack)).toEqual([...HOST_SERVICES, 'ssmmessages']);
  });

  test.each([true, false])('what aspects add, with aspects that change what they made (stabilization: %s)', (stabilization) => {
    const stack = newStack({}, newApp({ '@aws-cdk/core:aspectStabilization': stabilization }));
    Tags.of(stack).add('team', 'ml');
    const vpc = isolatedVpc(stack);
    const job = new MlRunTask(stack, 'Job', { vpc, container: { image }, timeout: Duration.hours(1) });
    const visit = (construct: IConstruct) => {
      if (construct === job.taskDefinition) {
        job.taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] }));
      }
    };
    Aspects.of(stack).add({ visit });
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    expect(services(stack)).toEqual([...HOST_SERVICES, 'sqs']);
    const { Endpointssqs: group } = Object.fromEntries(
      Object.entries(template(stack).Resources ?? {}).map(([id, resource]) => [id.replace(/SecurityGroup\w{8}$/, ''), resource]),
    );
    expect(JSON.stringify(group)).toContain('"team"');
  });
});

describe('an endpoint that is added to the VPC after EcsVpcEndpoints', () => {
  test.each<[string, (vpc: ec2.Vpc) => void, RegExp | undefined]>([
    [
      'is an error',
      (vpc) => vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS }),
      /two endpoints for logs: the other is Stack\/Vpc\/Logs/,
    ],
    [
      'is an error for a gateway',
      (vpc) => vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 }),
      /two endpoints for s3/,
    ],
    [
      'is fine without private DNS',
      (vpc) => vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, privateDnsEnabled: false }),
      undefined,
    ],
    [
      'is fine for another service',
      (vpc) => vpc.addInterfaceEndpoint('Sqs', { service: ec2.InterfaceVpcEndpointAwsService.SQS }),
      undefined,
    ],
  ])('%s', (_, add, error) => {
    const stack = newStack();
    const vpc = isolatedVpc(stack);
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    add(vpc);
    if (error) expect(() => template(stack)).toThrow(error);
    else expect(() => template(stack)).not.toThrow();
  });
});

describe('isolated subnets without endpoints', () => {
  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => void, RegExp]>([
    [
      'for a pool',
      (stack, vpc) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: INF2 }),
      /hosts are .* no endpoint for ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs, s3\. Add `new EcsVpc/,
    ],
    [
      'for Managed Instances',
      (stack, vpc) => new NeuronManagedCapacity(stack, 'Hosts', { vpc, instanceTypes: [INF2] }),
      /hosts are .* no endpoint for ecs, ecs-agent/,
    ],
    [
      'for a job on Fargate',
      (stack, vpc) => new MlRunTask(stack, 'Job', { vpc, container: { image }, timeout: Duration.hours(1) }),
      /Stack\/Job.*tasks are .* no endpoint for ecr.api, ecr.dkr, logs, s3\. Add/s,
    ],
    [
      'for a job without awslogs on Fargate capacity',
      (stack, vpc) =>
        new MlRunTask(stack, 'Job', {
          capacity: new FargateCapacity(stack, 'Fargate', { vpc }),
          container: {
            image,
            logging: new ecs.GenericLogDriver({ logDriver: 'splunk' }),
          },
          timeout: Duration.hours(1),
        }),
      /tasks are .* no endpoint for ecr.api, ecr.dkr, s3\. Add/,
    ],
  ])('are an error %s', (_, make, error) => {
    const stack = newStack();
    make(stack, isolatedVpc(stack));
    expect(() => template(stack)).toThrow(error);
    expect(() => template(stack)).toThrow(/cdk-ecs-ml:isolated-subnets\]/);
  });

  test('are an error for the tasks on an imported pool', () => {
    const stack = newStack();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc: isolatedVpc(stack) });
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
      cluster,
      capacityProviderName: 'pool',
      instanceType: INF2,
    });
    new MlRunTask(stack, 'Job', { capacity, container: { image }, timeout: Duration.hours(1) });
    expect(() => template(stack)).toThrow(/tasks are .* no endpoint for ecr.api, ecr.dkr, logs, s3\. Add/);
  });

  test('are one error for a pool and its services', () => {
    const stack = newStack();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc: isolatedVpc(stack), instanceType: INF2 });
    new NeuronService(stack, 'Service', { capacity, container });
    expect(() => template(stack)).toThrow(/The hosts are in isolated subnets/);
    expect(() => template(stack)).not.toThrow(/The tasks are in isolated subnets/);
  });

  test('are an error without the endpoint of a secret, and a warning without those of other calls', () => {
    const stack = newStack();
    const vpc = isolatedVpc(stack);
    const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS } = ec2.InterfaceVpcEndpointAwsService;
    for (const service of [ECR, ECR_DOCKER, CLOUDWATCH_LOGS]) vpc.addInterfaceEndpoint(service.shortName, { service });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const secrets = { KEY: ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'name')) };
    const job = new MlRunTask(stack, 'Job', { vpc, container: { image, secrets }, timeout: Duration.hours(1), enableExecuteCommand: true });
    new sqs.Queue(stack, 'Queue').grantSendMessages(job.taskDefinition.taskRole);
    expect(() => template(stack)).toThrow(/no endpoint for secretsmanager\. Add/);
    vpc.addInterfaceEndpoint('Secrets', { service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /The tasks are .* no endpoint for sqs, ssmmessages, which their permissions are for.*cdk-ecs-ml:isolated-subnets-calls/,
      ),
    ]);
  });

  test.each<[string, (vpc: ec2.Vpc) => void]>([
    ['an interface endpoint for Amazon S3', (vpc) => vpc.addInterfaceEndpoint('S3', { service: ec2.InterfaceVpcEndpointAwsService.S3 })],
    [
      'a gateway endpoint that is not a route of the subnets',
      (vpc) =>
        vpc.addGatewayEndpoint('S3', {
          service: ec2.GatewayVpcEndpointAwsService.S3,
          subnets: [{ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }],
        }),
    ],
  ])('do not count %s', (_, add) => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS } = ec2.InterfaceVpcEndpointAwsService;
    for (const service of [ECR, ECR_DOCKER, CLOUDWATCH_LOGS]) vpc.addInterfaceEndpoint(service.shortName, { service });
    add(vpc);
    const capacity = new FargateCapacity(stack, 'Fargate', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } });
    new MlRunTask(stack, 'Job', { capacity, container: { image }, timeout: Duration.hours(1) });
    expect(() => template(stack)).toThrow(/The tasks are .* no endpoint for s3\. Add/);
  });

  test('are a warning for tasks in an imported VPC, with all that they call', () => {
    const stack = newStack();
    new MlRunTask(stack, 'Job', { vpc: importedVpc(stack), container: { image }, timeout: Duration.hours(1), enableExecuteCommand: true });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /The tasks are .* has endpoints for ecr.api, ecr.dkr, logs, s3, ssmmessages, then acknowledge.*cdk-ecs-ml:isolated-subnets-unseen/,
      ),
    ]);
  });

  test('do not matter in private subnets, in subnets that are not known, or to tasks whose actions are not', () => {
    const stack = newStack();
    const job = new MlRunTask(stack, 'Job', {
      vpc: new ec2.Vpc(stack, 'Vpc'),
      container: { image },
      timeout: Duration.hours(1),
      enableExecuteCommand: true,
    });
    const action = new CfnParameter(stack, 'Action', { default: 'sqs:SendMessage' }).valueAsString;
    job.taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions: [action], resources: ['*'] }));
    const cluster = ecs.Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:us-east-1:111111111111:cluster/models');
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
      cluster,
      capacityProviderName: 'pool',
      instanceType: INF2,
    });
    new MlRunTask(stack, 'OnPool', { capacity, networkMode: ecs.NetworkMode.BRIDGE, container: { image }, timeout: Duration.hours(1) });
    expect(services(stack)).toEqual([]);
    expect(warnings(stack).filter((warning) => warning.includes('isolated'))).toEqual([]);
  });
});
