import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { container, newStackWithVpc, synth } from '.';
import { judgeByEcsApi, REQUESTS } from './ecs-api';
import { requestShape, Shape } from './ecs-model';
import { runUserData, syntaxErrors } from './user-data';
import { EcsVpcEndpoints, NeuronCapacity, NeuronInstanceType, NeuronService, PurchaseOption } from '../../src';

function shortForm(): { stack: Stack; service: NeuronService } {
  const { stack, vpc } = newStackWithVpc();
  return { stack, service: new NeuronService(stack, 'Bert', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container }) };
}

/** A stack with a property of the task definition set to something else. */
function broken(property: string, value: unknown): Stack {
  const { stack, service } = shortForm();
  (service.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride(property, value);
  return stack;
}

describe('good stacks pass', () => {
  test('the short form', () => {
    synth(shortForm().stack);
  });

  test('the long form: two services on Spot hosts, with sessions and ECS Exec', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Inf2', {
      vpc,
      instanceType: NeuronInstanceType.INF2_48_XLARGE,
      tasksPerInstance: 12,
      maxInstances: 4,
      purchaseOption: PurchaseOption.spot(),
      ssmSessionPermissions: true,
    });
    new NeuronService(stack, 'Embed', { capacity, desiredCount: 18, container, enableExecuteCommand: true });
    new NeuronService(stack, 'Rerank', { capacity, desiredCount: 6, container });
    synth(stack);
  });

  test('a pool in isolated subnets with endpoints', () => {
    const { stack } = newStackWithVpc();
    const vpc = new ec2.Vpc(stack, 'Isolated', { subnetConfiguration: [{ name: 'In', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      instanceType: NeuronInstanceType.TRN1_2_XLARGE,
    });
    synth(stack);
  });

  test('task definitions with volumes and a proxy, whose properties CloudFormation names differently', () => {
    const { stack } = newStackWithVpc();
    new ecs.CfnTaskDefinition(stack, 'Task', {
      containerDefinitions: [
        { name: 'main', image: 'image', memory: 512, logConfiguration: { logDriver: 'awslogs', options: { tag: 'x' } } },
      ],
      cpu: '1024',
      memory: '2048',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['EC2'],
      volumes: [
        {
          name: 'efs',
          efsVolumeConfiguration: { filesystemId: 'fs-12345678', authorizationConfig: { iam: 'ENABLED' }, transitEncryption: 'ENABLED' },
        },
      ],
      proxyConfiguration: { containerName: 'main', type: 'APPMESH', proxyConfigurationProperties: [{ name: 'AppPorts', value: '80' }] },
    });
    synth(stack);
  });
});

describe('the schema engine of CloudFormation', () => {
  test.each<[string, unknown, RegExp]>([
    ['NetworkMode', 'nope', /NetworkMode: 'nope' is not one of/],
    ['Nope', 1, /'Nope' was unexpected/],
    ['PlacementConstraints', 'all', /'all' is not of type 'array'/],
  ])('refuses %s: %j', (property, value, message) => {
    expect(() => synth(broken(property, value))).toThrow(message);
  });
});

describe('the ECS API model', () => {
  test('throws for what CloudFormation takes', () => {
    const stack = broken('ContainerDefinitions.0.LogConfiguration.LogDriver', 'nope');
    expect(() => synth(stack)).toThrow(/Properties.ContainerDefinitions\[0\].LogConfiguration.LogDriver: "nope" is not one of .*awslogs/);
  });

  const findings = (Type: string, Properties: Record<string, unknown>) => judgeByEcsApi({ Resources: { Made: { Type, Properties } } });
  const inContainer = (more: Record<string, unknown>) =>
    findings('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ Name: 'main', ...more }] });

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown member', { Gpu: 1 }, '.Gpu: ContainerDefinition has no such member'],
    ['a member in lower camel case', { image: 'x' }, '.image: ContainerDefinition has no such member'],
    ['an inherited name', { Constructor: {} }, '.Constructor: ContainerDefinition has no such member'],
    ['an enum', { PortMappings: [{ Protocol: 'ip' }] }, '.PortMappings[0].Protocol: "ip" is not one of tcp, udp'],
    [
      'a list of enums',
      { LinuxParameters: { Devices: [{ HostPath: '/dev/neuron0', Permissions: ['read', 'all'] }] } },
      '.LinuxParameters.Devices[0].Permissions[1]: "all" is not one of mknod, read, write',
    ],
    ['a string for a number', { Cpu: '1024' }, '.Cpu: "1024" is not a number'],
    ['a number for a string', { Image: 1 }, '.Image: 1 is not a string'],
    ['a string for a boolean', { Essential: 'true' }, '.Essential: "true" is not a boolean'],
    ['a string for a list', { Command: 'sh' }, '.Command: "sh" is not a list'],
    ['a list for a map', { DockerLabels: ['a'] }, '.DockerLabels: ["a"] is not a map'],
    ['a number in a map', { DockerLabels: { a: 1 } }, '.DockerLabels.a: 1 is not a string'],
    ['a string for a structure', { HealthCheck: 'curl' }, '.HealthCheck: "curl" is not HealthCheck'],
    ['a missing member', { Secrets: [{ Name: 'token' }] }, '.Secrets[0]: Secret needs valueFrom'],
  ])('refuses %s', (_, properties, finding) => {
    expect(inContainer(properties)).toEqual([`Resources.Made.Properties.ContainerDefinitions[0]${finding}`]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'AWS::ECS::Service',
      { PlacementStrategies: [{ Type: 'pack' }] },
      '.PlacementStrategies[0].Type: "pack" is not one of binpack, random, spread',
    ],
    ['AWS::ECS::Service', { DesiredCount: '2' }, '.DesiredCount: "2" is not a number'],
    [
      'AWS::ECS::CapacityProvider',
      { AutoScalingGroupProvider: {} },
      '.AutoScalingGroupProvider: AutoScalingGroupProvider needs autoScalingGroupArn',
    ],
    ['AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'nope' }] }, '.ClusterSettings[0].Name: "nope" is not one of containerInsights'],
    [
      'AWS::ECS::ClusterCapacityProviderAssociations',
      { Cluster: 'x', DefaultCapacityProviderStrategy: [] },
      ': PutClusterCapacityProvidersRequest needs capacityProviders',
    ],
  ])('looks at %s', (type, properties, finding) => {
    expect(findings(type, properties)).toContain(`Resources.Made.Properties${finding}`);
  });

  test('takes what is computed at deployment anywhere', () => {
    expect(
      inContainer({ Cpu: { Ref: 'Cpu' }, Essential: { 'Fn::If': ['A', true, false] }, PortMappings: { Ref: 'AWS::NoValue' } }),
    ).toEqual([]);
    expect(inContainer({ HealthCheck: { Ref: 'A', Command: [] } })).not.toEqual([]);
  });

  test('knows every member of the requests', () => {
    const seen = new Set<string>();
    const walk = (shape: Shape): void => {
      if ('of' in shape) return walk(shape.of);
      if (shape.kind !== 'structure' || seen.has(shape.name)) return;
      seen.add(shape.name);
      Object.values(shape.members).forEach((member) => walk(member()));
    };
    Object.values(REQUESTS).forEach(({ request }) => walk(requestShape(request)));
    expect([...seen]).toEqual(
      expect.arrayContaining(['Ulimit', 'SharingStrategy', 'DeploymentLifecycleHook', 'InstanceRequirementsRequest']),
    );
  });
});

describe('cdk-nag', () => {
  const addStatement = (actions: string[], resources: string[]) => {
    const { stack, service } = shortForm();
    service.taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({ actions, resources }));
    return stack;
  };

  test('throws for a wildcard that is not accepted', () => {
    expect(() => synth(addStatement(['s3:GetObject'], ['arn:aws:s3:::models/*']))).toThrow(
      /Stack\/Bert\/TaskDefinition\/TaskRole\/DefaultPolicy\/Resource \(AWS::IAM::Policy\): AwsSolutions-IAM5\[Resource::arn:aws:s3:::models\/\*\]/,
    );
  });

  test('throws for an action on all resources that is not accepted there', () => {
    expect(() => synth(addStatement(['s3:GetObject'], ['*']))).toThrow(/AwsSolutions-IAM5\[Resource::\*\]/);
    expect(() => synth(addStatement(['ecs:Submit*'], ['*']))).toThrow(/AwsSolutions-IAM5\[Action::ecs:Submit\*\]/);
  });

  test('throws for a port that is open to the world', () => {
    const { stack, service } = shortForm();
    service.connections.allowFromAnyIpv4(ec2.Port.tcp(8080));
    expect(() => synth(stack)).toThrow(/AwsSolutions-EC23/);
  });

  test('is content with a cluster of a test that it does not accept from us', () => {
    const theirs = newStackWithVpc();
    new ecs.Cluster(theirs.stack, 'Cluster', { vpc: theirs.vpc });
    synth(theirs.stack);

    const { stack, service } = shortForm();
    (service.cluster.node.defaultChild as ecs.CfnCluster).clusterSettings = undefined;
    expect(() => synth(stack)).toThrow(/AwsSolutions-ECS4/);
  });

  test('is content with what a test accepts, and with nothing else', () => {
    const stack = addStatement(['s3:GetObject', 's3:Put*'], ['arn:aws:s3:::models/*']);
    expect(() => synth(stack, 'AwsSolutions-IAM5[Resource::arn:aws:s3:::models/*]')).toThrow(/AwsSolutions-IAM5\[Action::s3:Put\*\]/);
    expect(() => synth(stack, 'AwsSolutions-IAM4')).toThrow(/AwsSolutions-IAM5/);
    synth(stack, 'AwsSolutions-IAM5[Resource::arn:aws:s3:::models/*]', 'AwsSolutions-IAM5[Action::s3:Put*]');
    synth(stack, 'AwsSolutions-IAM5');
  });
});

describe('the judges of user data', () => {
  test('Bash refuses what it cannot parse', () => {
    expect(syntaxErrors('#!/bin/bash\nif true; then\n')).toMatch(/unexpected end of file/);
  });

  test('a run fails with a command that is not there', () => {
    expect(() => runUserData('#!/bin/bash\ndnf install\n')).toThrow(/dnf: command not found|dnf: No such file/);
  });
});
