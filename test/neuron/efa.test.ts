import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { NeuronCapacity, NeuronCapacityProps, NeuronInstanceType, NeuronService, NeuronServiceProps, PurchaseOption } from '../../src';
import { container, newStack, newStackWithVpc, synth, warnings } from '../support';

const TRN1 = NeuronInstanceType.TRN1_32_XLARGE;
const TRN2 = NeuronInstanceType.TRN2_48_XLARGE;

function efaPool(instanceType: NeuronInstanceType, props: Partial<NeuronCapacityProps> = {}) {
  const { stack, vpc } = newStackWithVpc();
  const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
  return { stack, vpc, capacity: new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType, efa: true, ...props }) };
}

function launchTemplateData(template: Template) {
  return Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
}

function taskOn(instanceType: NeuronInstanceType, pool: Partial<NeuronCapacityProps> = {}, service: Partial<NeuronServiceProps> = {}) {
  const { stack, capacity } = efaPool(instanceType, pool);
  new NeuronService(stack, 'Service', { capacity, container, ...service });
  const template = synth(stack);
  const task = Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
  return { stack, template, task, main: task.ContainerDefinitions[0] };
}

const efaOnly = (card: number, device: number) => ({
  NetworkCardIndex: card,
  DeviceIndex: device,
  InterfaceType: 'efa-only',
  Groups: [{ 'Fn::GetAtt': [expect.stringMatching(/^PoolSecurityGroup/), 'GroupId'] }],
  DeleteOnTermination: true,
});
const furtherCards = (cards: number) => Array.from({ length: cards - 1 }, (_, index) => efaOnly(index + 1, 0));

describe('hosts', () => {
  test.each<[NeuronInstanceType, number]>([
    [TRN1, 8],
    [NeuronInstanceType.TRN1_N_32_XLARGE, 16],
    [NeuronInstanceType.TRN2_3_XLARGE, 1],
    [TRN2, 16],
    [NeuronInstanceType.INF1_24_XLARGE, 1],
  ])('of %s have an ordinary interface and an EFA-only one on each network card', (type, cards) => {
    const data = launchTemplateData(synth(efaPool(type).stack));
    expect(data.NetworkInterfaces).toEqual([{ ...efaOnly(0, 0), InterfaceType: 'interface' }, efaOnly(0, 1), ...furtherCards(cards)]);
    expect(data.SecurityGroupIds).toBeUndefined();
  });

  test('allow all traffic from and to themselves by name, beside that to all addresses', () => {
    const template = synth(efaPool(TRN1).stack);
    const group = { 'Fn::GetAtt': [Match.stringLikeRegexp('^PoolSecurityGroup'), 'GroupId'] };
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: group, SourceSecurityGroupId: group, IpProtocol: '-1' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: group,
      DestinationSecurityGroupId: group,
      IpProtocol: '-1',
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0' })] });
  });

  test('are in a cluster placement group of their own, and in one zone', () => {
    const template = synth(efaPool(TRN1).stack);
    template.hasResourceProperties('AWS::EC2::PlacementGroup', { Strategy: 'cluster' });
    expect(launchTemplateData(template).Placement).toEqual({
      GroupName: { 'Fn::GetAtt': [expect.stringMatching(/^PoolPlacementGroup/), 'GroupName'] },
    });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [Match.anyValue()] });
  });

  test('keep connections that are added later', () => {
    const { stack, capacity } = efaPool(TRN1);
    capacity.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(22));
    capacity.launchTemplate.connections.addSecurityGroup(ec2.SecurityGroup.fromSecurityGroupId(stack, 'More', 'sg-0123456789abcdef0'));
    const template = synth(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [Match.objectLike({ FromPort: 22 })] });
    for (const { Groups } of launchTemplateData(template).NetworkInterfaces) {
      expect(Groups).toEqual([expect.anything(), 'sg-0123456789abcdef0']);
    }
  });

  test('can be Spot ones, and replaced by an update policy', () => {
    const { stack } = efaPool(TRN1, { purchaseOption: PurchaseOption.spot(), updatePolicy: autoscaling.UpdatePolicy.rollingUpdate() });
    const data = launchTemplateData(synth(stack));
    expect(data.InstanceMarketOptions).toMatchObject({ MarketType: 'spot' });
    expect(data.NetworkInterfaces).toHaveLength(9);
  });

  test('are in the given placement group', () => {
    const { stack, vpc } = newStackWithVpc();
    const placementGroup = ec2.PlacementGroup.fromPlacementGroupName(stack, 'Group', 'reserved');
    const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: TRN1, efa: true, placementGroup });
    const template = synth(stack);
    template.resourceCountIs('AWS::EC2::PlacementGroup', 0);
    expect(launchTemplateData(template).Placement).toEqual({ GroupName: 'reserved' });
  });

  test('say nothing', () => expect(warnings(efaPool(TRN1).stack)).toEqual([]));

  test('without `efa` have none of it', () => {
    const template = synth(efaPool(TRN1, { efa: false }).stack);
    expect(launchTemplateData(template).NetworkInterfaces).toBeUndefined();
    expect(launchTemplateData(template).Placement).toBeUndefined();
    expect(JSON.stringify(launchTemplateData(template).UserData)).not.toContain('efa');
    template.resourceCountIs('AWS::EC2::PlacementGroup', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('without `efa` can be in a placement group too', () => {
    const { stack, vpc } = newStackWithVpc();
    const placementGroup = new ec2.PlacementGroup(stack, 'Group', { strategy: ec2.PlacementGroupStrategy.SPREAD });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, placementGroup });
    expect(launchTemplateData(synth(stack)).Placement).toEqual({ GroupName: expect.anything() });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('tasks', () => {
  test('of a pool with one task a host get every device, unlimited memlock and the variables', () => {
    const { main } = taskOn(TRN1);
    expect(main.LinuxParameters.Devices.slice(16)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({
        HostPath: `/dev/infiniband/uverbs${index}`,
        ContainerPath: `/dev/infiniband/uverbs${index}`,
        Permissions: ['read', 'write', 'mknod'],
      })),
    );
    expect(main.Ulimits).toEqual([{ Name: 'memlock', SoftLimit: -1, HardLimit: -1 }]);
    expect(main.Environment).toEqual([
      { Name: 'NEURON_RT_NUM_CORES', Value: '32' },
      { Name: 'FI_PROVIDER', Value: 'efa' },
      { Name: 'FI_EFA_USE_DEVICE_RDMA', Value: '1' },
    ]);
    expect(main.LinuxParameters.Capabilities).toBeUndefined();
  });

  test('do not ask for RDMA where the interface has none', () => {
    const { main } = taskOn(NeuronInstanceType.INF1_24_XLARGE);
    expect(main.Environment.map(({ Name }: { Name: string }) => Name)).toEqual(['NEURON_RT_NUM_CORES', 'FI_PROVIDER']);
  });

  test.each<[string, NeuronInstanceType, number, string]>([
    ['that have a host of trn1.32xlarge to themselves', TRN1, 1, 'awsvpc'],
    ['that share trn1.32xlarge by two', TRN1, 2, 'awsvpc'],
    ['that share trn1.32xlarge by four, one more than network card 0 has room for,', TRN1, 4, 'bridge'],
    ['that have a host of trn2.48xlarge, whose card 0 is full, to themselves', TRN2, 1, 'host'],
    ['that share trn2.48xlarge', TRN2, 2, 'bridge'],
    ['that have a host of trn2.3xlarge to themselves', NeuronInstanceType.TRN2_3_XLARGE, 1, 'host'],
    ['that share inf1.24xlarge by eight', NeuronInstanceType.INF1_24_XLARGE, 8, 'awsvpc'],
    ['that share inf1.24xlarge by sixteen', NeuronInstanceType.INF1_24_XLARGE, 16, 'bridge'],
  ])('%s are in a network mode that fits', (_, type, tasksPerInstance, mode) => {
    const { task } = taskOn(type, { tasksPerInstance });
    expect(task.NetworkMode).toBe(mode);
  });

  test('in awsvpc mode without a network interface for them are an error', () => {
    expect(() => taskOn(TRN2, {}, { networkMode: ecs.NetworkMode.AWS_VPC })).toThrow(
      /Stack\/Service: `networkMode` awsvpc gives each task a network interface. 1 task and the host need 2, but trn2.48xlarge is only certain to have 1 in addition to its EFA interfaces. Leave `networkMode` out to get host. \[cdk-ecs-ml:awsvpc-fits\]/,
    );
    expect(() => taskOn(TRN1, { tasksPerInstance: 4 }, { networkMode: ecs.NetworkMode.AWS_VPC })).toThrow(
      /trn1.32xlarge is only certain to have 4 in addition to its EFA interfaces. Leave `networkMode` out to get bridge, or use at most 3 `tasksPerInstance`/,
    );
  });

  test('in awsvpc mode on hosts without EFA have all network interfaces', () => {
    expect(taskOn(TRN2, { efa: false }).task.NetworkMode).toBe('awsvpc');
  });

  test('of an imported pool get the same', () => {
    const { stack, vpc } = newStackWithVpc();
    const capacity = NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', {
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc }),
      capacityProviderName: 'trn2-pool',
      instanceType: TRN2,
      efa: true,
    });
    expect(capacity.efaInterfaces).toBe(16);
    new NeuronService(stack, 'Service', { capacity, container });
    const [{ Properties }] = Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.NetworkMode).toBe('host');
    expect(Properties.ContainerDefinitions[0].LinuxParameters.Devices).toHaveLength(32);
  });

  test.each<[string, Partial<ecs.ContainerDefinitionOptions>, RegExp]>([
    [
      'another provider',
      { environment: { FI_PROVIDER: 'sockets' } },
      /Container main sets FI_PROVIDER to sockets, but EFA needs efa. Leave it out/,
    ],
    ['no RDMA', { environment: { FI_EFA_USE_DEVICE_RDMA: '0' } }, /sets FI_EFA_USE_DEVICE_RDMA to 0, but EFA needs 1/],
    [
      'a limit on locked memory',
      { ulimits: [{ name: ecs.UlimitName.MEMLOCK, softLimit: 65536, hardLimit: -1 }] },
      /`ulimits` of container main limit memlock to 65536 and -1. EFA locks the memory/,
    ],
  ])('with %s are an error where they are made', (_, own, message) => {
    const { stack, capacity } = efaPool(TRN1);
    const make = () => new NeuronService(stack, 'Service', { capacity, container: { ...container, ...own } });
    expect(make).toThrow(message);
    expect(() => new NeuronService(stack, 'Again', { capacity, container: { ...container, ...own } })).toThrow(
      /^Stack\/Again: .*\[cdk-ecs-ml:efa-container\]$/,
    );
  });
});

describe('an error', () => {
  test.each([NeuronInstanceType.INF2_48_XLARGE, NeuronInstanceType.TRN1_2_XLARGE])('is %s, and names the types with EFA', (type) => {
    expect(() => efaPool(type)).toThrow(
      `Stack/Pool: \`efa\` needs an instance type with Elastic Fabric Adapter \(EFA\), got: ${type.name}, which has none. Use inf1.24xlarge, trn1.32xlarge, ` +
        'trn1n.32xlarge, trn2.3xlarge, trn2.48xlarge, trn2u.48xlarge, or leave EFA out. [cdk-ecs-ml:efa-instance-type]',
    );
  });

  test('is an imported pool of a type without EFA', () => {
    const { stack, vpc } = newStackWithVpc();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    const attributes = { cluster, capacityProviderName: 'p', instanceType: NeuronInstanceType.INF2_XLARGE, efa: true };
    expect(() => NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', attributes)).toThrow(
      /Stack\/Pool: `efa` needs an instance type.*inf2.xlarge/,
    );
  });

  test('are more EFA interfaces than network cards', () => {
    const type = NeuronInstanceType.of('trn9.48xlarge', {
      ...{ vCpus: 192, memory: TRN2.memory, chips: 16, neuronCoresPerChip: 8, acceleratorMemoryPerChip: TRN2.memory, sources: [] },
      ...{ networkInterfacesPerCard: 2, efaInterfaces: 16 },
    });
    expect(() => efaPool(type)).toThrow(
      /`efaInterfaces` of trn9.48xlarge is 16 and `networkCards` is 1. Set `networkCards` to at least 16/,
    );
  });
});

describe('Availability Zones', () => {
  const BECAUSE = '`efa`: EFA traffic does not cross zones.';
  const useast1 = { env: { account: '111111111111', region: 'us-east-1' } };

  test('by name: more than one is an error', () => {
    const { stack, vpc } = newStackWithVpc(useast1);
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, efa: true });
    expect(() => synth(stack)).toThrow(
      `The hosts are in 3 Availability Zones, dummy1a, dummy1b, dummy1c, but must be in one. ${BECAUSE} Choose \`vpcSubnets\` in one zone that offers ` +
        'trn1.32xlarge, for example { availabilityZones: [vpc.availabilityZones[0]] }. [cdk-ecs-ml:one-zone]',
    );
  });

  test('of a stack without a Region: more than one is an error', () => {
    expect(() => synth(efaPool(TRN1, { vpcSubnets: undefined }).stack)).toThrow(
      /2 Availability Zones, number 0 of the Region, number 1 of the Region, but must be in one/,
    );
  });

  test('with several subnets in one are fine', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      maxAzs: 1,
      subnetConfiguration: [
        { name: 'out', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'a', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'b', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets: { subnets: vpc.privateSubnets }, instanceType: TRN1, efa: true });
    synth(stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [Match.anyValue(), Match.anyValue()] });
    expect(warnings(stack)).toEqual([]);
  });

  test('of an imported VPC are compared too', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, efa: true });
    expect(() => synth(stack)).toThrow(/2 Availability Zones, us-east-1a, us-east-1b, but/);
  });

  test.each<[string, (stack: Stack) => ec2.ISubnet]>([
    ['given without', (stack) => ec2.Subnet.fromSubnetId(stack, 'Other', 'subnet-0123456789abcdef1')],
    [
      'known when it is deployed',
      (stack) =>
        ec2.Subnet.fromSubnetAttributes(stack, 'Other', {
          subnetId: 'subnet-0123456789abcdef1',
          availabilityZone: Fn.importValue('zone'),
        }),
    ],
  ])('of a subnet %s are a warning', (_, other) => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { subnets: [vpc.privateSubnets[0], other(stack)] };
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: TRN1, efa: true });
    expect(warnings(stack).filter((text) => text.includes('one-zone'))).toEqual([
      expect.stringContaining(`several subnets whose Availability Zones are not known at synth, but must be in one. ${BECAUSE}`),
    ]);
  });

  test('of one subnet do not matter', () => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { subnets: [ec2.Subnet.fromSubnetId(stack, 'Only', 'subnet-0123456789abcdef1')] };
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: TRN1, efa: true });
    expect(warnings(stack).filter((text) => text.includes('one-zone'))).toEqual([]);
  });

  test('of a VPC that is still to be looked up are not compared', () => {
    const stack = newStack(useast1);
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'shared' });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, efa: true });
    expect(stack.node.findAll().flatMap((child) => child.node.validate())).toEqual([]);
  });
});

describe('a warning', () => {
  test('is a placement group that keeps hosts apart', () => {
    const { stack, vpc } = newStackWithVpc();
    const placementGroup = new ec2.PlacementGroup(stack, 'Group', { strategy: ec2.PlacementGroupStrategy.SPREAD });
    const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType: TRN1, efa: true, placementGroup });
    expect(warnings(stack)).toEqual([expect.stringContaining('`placementGroup` has the strategy spread, which keeps hosts apart')]);
  });

  test('are isolated subnets, where the EFA software does not come from', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    new NeuronCapacity(stack, 'Pool', { vpc, instanceType: TRN1, efa: true });
    expect(warnings(stack)).toEqual([
      expect.stringContaining('Make sure that it has endpoints'),
      expect.stringMatching(/can't download the EFA software from efa-installer.amazonaws.com.*cdk-ecs-ml:efa-installer/),
    ]);
  });
});
