import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  EcsVpcEndpoints,
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newApp, newStack, newStackWithVpc, synth, warnings } from '../support';

const TYPE = NeuronInstanceType.INF2_48_XLARGE;

function pool(props: Partial<NeuronCapacityProps> = {}): { stack: Stack; capacity: NeuronCapacity } {
  const { stack, vpc } = newStackWithVpc();
  return { stack, capacity: new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE, ...props }) };
}

function newCluster(scope: Stack, vpc: ec2.IVpc, props: ecs.ClusterProps = {}): ecs.Cluster {
  return new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED, ...props });
}

function launchTemplateData(template: Template) {
  return Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
}

describe('by default', () => {
  const { stack, capacity } = pool();
  const template = synth(stack);

  test('scales from zero to two hosts, one at a time, drains them, and can be deleted', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '0',
      MaxSize: '2',
      NewInstancesProtectedFromScaleIn: Match.absent(),
      LaunchTemplate: Match.objectLike({ Version: Match.anyValue() }),
    });
    template.hasResourceProperties('AWS::ECS::CapacityProvider', {
      AutoScalingGroupProvider: {
        ManagedScaling: { Status: 'ENABLED', TargetCapacity: 100, InstanceWarmupPeriod: 300, MaximumScalingStepSize: 1 },
        ManagedDraining: 'ENABLED',
        ManagedTerminationProtection: 'DISABLED',
      },
    });
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  });

  test('starts hosts from the Neuron image with IMDSv2 and an encrypted gp3 volume of 100 GiB', () => {
    const data = launchTemplateData(template);
    expect(data.InstanceType).toBe('inf2.48xlarge');
    expect(data.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(data.BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 100, VolumeType: 'gp3', Throughput: 500 } },
    ]);
    expect(data.InstanceMarketOptions).toBeUndefined();
    expect(data.KeyName).toBeUndefined();
    expect(template.toJSON().Parameters[data.ImageId.Ref].Default).toBe(
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id',
    );
  });

  test('has a cluster of its own with Container Insights', () => {
    template.hasResourceProperties('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] });
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: [Match.anyValue()] });
  });

  test('gives a task the whole host, less the memory that never registers', () => {
    expect(capacity.slice.cpuUnits).toBe(192 * 1024);
    expect(capacity.slice.memory.toMebibytes()).toBe(Math.floor(768 * 1024 * 0.925));
    expect(capacity.neuronCoresPerTask).toBe(24);
  });

  test('says nothing', () => expect(warnings(stack)).toEqual([]));
});

test('every option reaches the template', () => {
  const { stack } = pool({
    minInstances: 1,
    maxInstances: 7,
    rootVolume: { size: Size.gibibytes(250) },
    rootDeviceName: '/dev/sda1',
    purchaseOption: PurchaseOption.spot({ maxPrice: 4 }),
    ssmSessionPermissions: true,
    userDataCommands: ['echo hello'],
    targetCapacityPercent: 80,
    instanceWarmup: Duration.minutes(8),
    maximumScalingStepSize: 3,
    updatePolicy: autoscaling.UpdatePolicy.rollingUpdate(),
  });
  const template = synth(stack);
  const data = launchTemplateData(template);
  expect(data.BlockDeviceMappings[0]).toMatchObject({ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 250 } });
  expect(data.InstanceMarketOptions).toEqual({ MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time', MaxPrice: '4' } });
  expect(JSON.stringify(data.UserData)).toMatch(/ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> .*echo hello/);
  template.hasResource('AWS::AutoScaling::AutoScalingGroup', {
    Properties: { MinSize: '1', MaxSize: '7' },
    UpdatePolicy: { AutoScalingRollingUpdate: Match.anyValue() },
  });
  template.hasResourceProperties('AWS::ECS::CapacityProvider', {
    AutoScalingGroupProvider: { ManagedScaling: { TargetCapacity: 80, InstanceWarmupPeriod: 480, MaximumScalingStepSize: 3 } },
  });
  template.hasResourceProperties('AWS::IAM::Role', {
    ManagedPolicyArns: [{ 'Fn::Join': ['', Match.arrayWith([':iam::aws:policy/AmazonSSMManagedInstanceCore'])] }],
  });
});

test('the most hosts are at least the fewest', () => {
  synth(pool({ minInstances: 3 }).stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '3', MaxSize: '3' });
});

test('a key pair reaches the launch template', () => {
  const { stack, vpc } = newStackWithVpc();
  const keyPair = ec2.KeyPair.fromKeyPairName(stack, 'Key', 'ops');
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE, keyPair });
  expect(launchTemplateData(synth(stack)).KeyName).toBe('ops');
});

describe('a wrong option is an error', () => {
  test.each<[string, Partial<NeuronCapacityProps>, RegExp]>([
    [
      'tasks that do not divide the chips',
      { tasksPerInstance: 5 },
      /`tasksPerInstance` must divide the 12 chips of inf2.48xlarge evenly, got: 5. Use 1, 2, 3, 4, 6 or 12, or 24 to let tasks share the NeuronCores of a chip./,
    ],
    ['tasks that do not divide the cores', { tasksPerInstance: 18 }, /must divide the 12 chips.*got: 18. Use 1, 2, 3, 4, 6 or 12, or 24/],
    [
      'more tasks than a chip has cores',
      { instanceType: NeuronInstanceType.INF2_XLARGE, tasksPerInstance: 3 },
      /the 1 chip of inf2.xlarge evenly, got: 3. Use 1, or 2/,
    ],
    ['no task', { tasksPerInstance: 0 }, /`tasksPerInstance` must divide.*got: 0/],
    ['half a task', { tasksPerInstance: 1.5 }, /`tasksPerInstance` must divide.*got: 1.5/],
    ['fewer than no host', { minInstances: -1 }, /`minInstances` must be a whole number from 0 to 2147483647, got: -1/],
    ['no host', { maxInstances: 0 }, /`maxInstances` must be a whole number, 1 or more, got: 0/],
    ['part of a host', { maxInstances: 2.5 }, /`maxInstances` must be a whole number.*got: 2.5/],
    ['min above max', { minInstances: 3, maxInstances: 2 }, /`minInstances` must not be more than `maxInstances`, got: 3 and 2/],
    ['target capacity 0', { targetCapacityPercent: 0 }, /`targetCapacityPercent` must be a whole number from 1 to 100, got: 0/],
    ['target capacity 101', { targetCapacityPercent: 101 }, /`targetCapacityPercent` .*from 1 to 100, got: 101/],
    ['long warm-up', { instanceWarmup: Duration.seconds(10_001) }, /`instanceWarmup` .*from 0 to 10000 seconds, got: 10001/],
    ['scaling step 0', { maximumScalingStepSize: 0 }, /`maximumScalingStepSize` .*from 1 to 10000, got: 0/],
    ['a small root volume', { rootVolume: { size: Size.gibibytes(29) } }, /`size` of `rootVolume` must be at least 30 GiB.*got: 29 GiB/],
    [
      'a cluster by user data',
      { userDataCommands: ['echo ECS_CLUSTER=x >> /etc/ecs/ecs.config'] },
      /`userDataCommands` must not set ECS_CLUSTER, because the pool sets it/,
    ],
    ['no place', { vpc: undefined }, /Give `vpc` to create a cluster, or `cluster` to join an existing one/],
    [
      'logical cores on Inferentia2',
      { logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1 },
      /`logicalNeuronCoreConfig` is only for types with logical NeuronCores.*inf2.48xlarge/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => pool(props)).toThrow(message);
    expect(() => pool(props)).toThrow(/^Stack\/Pool: .*\[cdk-ecs-ml:[a-z-]+\]$/);
  });

  test('a VPC and a cluster', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = newCluster(stack, vpc);
    expect(() => new NeuronCapacity(stack, 'Pool', { vpc, cluster, instanceType: TYPE })).toThrow(/Give `vpc` or `cluster`, not both/);
  });

  test('tasks that are not known at synth', () => {
    const { stack, vpc } = newStackWithVpc();
    const tasksPerInstance = new CfnParameter(stack, 'Tasks', { type: 'Number' }).valueAsNumber;
    expect(() => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE, tasksPerInstance })).toThrow(
      /`tasksPerInstance` must be known at synth/,
    );
  });
});

describe('a legal but unwise option is a warning that can be acknowledged', () => {
  test('tasks that share a chip', () => {
    const { stack } = pool({ tasksPerInstance: 24 });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/2 tasks on each chip of inf2.48xlarge, each with 1 NeuronCore\..*cdk-ecs-ml:slice-of-chip/),
    ]);
  });

  test('image cleanup turned off', () => {
    const { stack } = pool({ userDataCommands: ['echo ECS_IMAGE_PULL_BEHAVIOR=prefer-cached >> /etc/ecs/ecs.config'] });
    expect(warnings(stack)).toEqual([expect.stringContaining('turns image cleanup off')]);
  });

  test('a Region without the instance type', () => {
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'ca-central-1' } });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/trn1.32xlarge is publicly listed in us-east-1, us-east-2, us-west-2, but not in ca-central-1/),
    ]);
  });

  test('public subnets', () => {
    const { stack } = pool({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    expect(warnings(stack)).toEqual([expect.stringContaining('The hosts are in public subnets')]);
  });
});

describe('machine image', () => {
  const plain2023 = () => ecs.EcsOptimizedImage.amazonLinux2023();
  const inf2 = NeuronInstanceType.INF2_XLARGE;
  const inf1 = NeuronInstanceType.INF1_XLARGE;
  test.each<[string, ec2.IMachineImage, NeuronInstanceType, RegExp]>([
    [
      'without a driver',
      plain2023(),
      inf2,
      /`machineImage` .*amazon-linux-2023\/recommended.* is not for inf2.xlarge: it has no Neuron driver/,
    ],
    ['for GPUs', ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU), inf2, /it has no Neuron driver/],
    [
      'of Amazon Linux 2, for Inf1',
      ecs.EcsOptimizedImage.amazonLinux2(ecs.AmiHardwareType.NEURON),
      inf2,
      /its driver is pinned to a version for Inf1/,
    ],
    ['for other machines', ec2.MachineImage.latestAmazonLinux2023(), inf1, /neither the Neuron driver nor the ECS agent/],
    [
      'resolved at launch',
      ec2.MachineImage.resolveSsmParameterAtLaunch('/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'),
      inf2,
      /no Neuron driver/,
    ],
  ])('%s is an error', (_, machineImage, instanceType, message) => {
    expect(() => pool({ machineImage, instanceType })).toThrow(message);
  });

  test('of Amazon Linux 2 on Inf1 is a warning', () => {
    const { stack } = pool({ machineImage: ecs.EcsOptimizedImage.amazonLinux2(ecs.AmiHardwareType.NEURON), instanceType: inf1 });
    expect(warnings(stack)).toEqual([expect.stringContaining('last updates on 2026-06-30')]);
  });

  test('pinned by id reaches the launch template', () => {
    const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
    const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE, machineImage });
    expect(launchTemplateData(synth(stack)).ImageId).toBe('ami-0123456789abcdef0');
    expect(warnings(stack)).toEqual([]);
  });
});

describe('isolated subnets', () => {
  const subnetConfiguration = [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];

  test('without endpoints are an error that names the missing ones', () => {
    const stack = newStack();
    new NeuronCapacity(stack, 'Pool', { vpc: new ec2.Vpc(stack, 'Vpc', { subnetConfiguration }), instanceType: TYPE });
    expect(() => synth(stack)).toThrow(
      /no endpoint for ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs, s3. Add `new EcsVpcEndpoints/,
    );
  });

  test('with EcsVpcEndpoints are fine, and those that the VPC has are not made again', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE });
    const endpoints = new EcsVpcEndpoints(stack, 'Endpoints', { vpc });
    expect(endpoints.interfaceEndpoints).toHaveLength(5);
    expect(endpoints.s3Endpoint).toBeUndefined();
    synth(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 7);
  });

  test('that have a way out by a transit gateway are fine', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration });
    const routerId = 'tgw-0123456789abcdef0';
    for (const subnet of vpc.isolatedSubnets as ec2.PrivateSubnet[]) {
      subnet.addRoute('Out', { routerType: ec2.RouterType.TRANSIT_GATEWAY, routerId });
    }
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE });
    synth(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    expect(warnings(stack)).toEqual([]);
  });

  test('of an imported VPC are a warning, for its endpoints can not be seen', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TYPE });
    expect(warnings(stack)).toEqual([
      expect.stringContaining('isolated subnets of an imported VPC. Make sure that it has endpoints for ecs,'),
    ]);
  });
});

describe('clusters', () => {
  test('a pool joins a cluster that has other capacity, and both are in its one list', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = newCluster(stack, vpc, { enableFargateCapacityProviders: true });
    new NeuronCapacity(stack, 'A', { cluster, instanceType: TYPE });
    new NeuronCapacity(stack, 'B', { cluster, instanceType: NeuronInstanceType.TRN1_2_XLARGE });
    const template = synth(stack);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 1);
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: [
        'FARGATE',
        'FARGATE_SPOT',
        Match.objectLike({ Ref: Match.stringLikeRegexp('^A') }),
        Match.objectLike({ Ref: Match.stringLikeRegexp('^B') }),
      ],
    });
  });

  test('pools of one stack share a list for a cluster of another stack', () => {
    const app = newApp();
    const { stack: base, vpc } = newStackWithVpc({}, app);
    const cluster = newCluster(base, vpc);
    const pools = new Stack(app, 'Pools');
    const a = new NeuronCapacity(pools, 'A', { cluster, instanceType: TYPE });
    new NeuronCapacity(pools, 'B', { cluster, instanceType: NeuronInstanceType.TRN1_2_XLARGE });
    new NeuronService(pools, 'Service', { capacity: a, container });
    const template = synth(pools);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 1);
    const [[associations, list]] = Object.entries(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(list.Properties.CapacityProviders).toHaveLength(2);
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([associations]) });
    const userData = JSON.stringify(launchTemplateData(template).UserData);
    expect(userData.match(/ECS_CLUSTER=/g)).toHaveLength(1);
    expect(pools.dependencies).toEqual([base]);
    expect(base.dependencies).toEqual([]);
  });

  test('a cluster of another stack that has capacity providers of its own is an error', () => {
    const app = newApp();
    const { stack: base, vpc } = newStackWithVpc({}, app);
    const cluster = newCluster(base, vpc, { enableFargateCapacityProviders: true });
    const pools = new Stack(app, 'Pools');
    new NeuronCapacity(pools, 'Pool', { cluster, instanceType: TYPE });
    expect(() => synth(pools)).toThrow(/`cluster` Stack\/Cluster belongs to another stack and has 2 capacity providers there/);
  });

  test('an imported cluster is a warning', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    new NeuronCapacity(stack, 'Pool', { cluster, instanceType: TYPE });
    expect(warnings(stack)).toEqual([expect.stringContaining('`cluster` Stack/Cluster is imported')]);
    synth(stack).hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { Cluster: 'shared' });
  });
});

test('a stack whose name ECS reserves gives the capacity provider a legal name', () => {
  const app = newApp();
  const stack = new Stack(app, 'ecs-models');
  new NeuronCapacity(stack, 'Pool', { vpc: new ec2.Vpc(stack, 'Vpc'), instanceType: TYPE });
  synth(stack).hasResourceProperties('AWS::ECS::CapacityProvider', { Name: Match.stringLikeRegexp('^cp-') });
});

test('two pools of one stack have a launch template each', () => {
  const { stack, vpc } = newStackWithVpc();
  const cluster = newCluster(stack, vpc);
  new NeuronCapacity(stack, 'A', { cluster, instanceType: TYPE });
  new NeuronCapacity(stack, 'B', { cluster, instanceType: TYPE });
  const template = synth(stack);
  template.resourceCountIs('AWS::EC2::LaunchTemplate', 2);
  for (const { Properties } of Object.values(template.findResources('AWS::EC2::LaunchTemplate'))) {
    expect(JSON.stringify(Properties.LaunchTemplateData.UserData).match(/ECS_CLUSTER=/g)).toHaveLength(1);
  }
});

describe('imported', () => {
  test('a pool of another app takes services, and replaces their tasks in place', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc }),
      capacityProviderName: 'inf2-pool',
      instanceType: TYPE,
      tasksPerInstance: 12,
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Hosts', 'sg-0123456789abcdef0')],
    });
    new NeuronService(stack, 'Service', { capacity, container });
    const template = synth(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      Cluster: 'shared',
      CapacityProviderStrategy: [{ CapacityProvider: 'inf2-pool', Weight: 1 }],
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Cpu: 16384, Environment: Match.arrayWith([{ Name: 'NEURON_RT_NUM_CORES', Value: '2' }]) })],
    });
  });

  test('slices that do not fit are an error', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    const attributes = { cluster, capacityProviderName: 'p', instanceType: TYPE, tasksPerInstance: 7 };
    expect(() => NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', attributes)).toThrow(
      /Stack\/Pool: `tasksPerInstance` must divide/,
    );
  });
});
