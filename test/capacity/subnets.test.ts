import { aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Ec2Capacity,
  EcsVpcEndpoints,
  ElasticInferenceAccelerator,
  ElasticInferenceService,
  FargateCapacity,
  GaudiCapacity,
  GaudiMachineImage,
  MlRunTask,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { container, newStack, newStackWithVpc } from '../support';

const instanceType = NeuronInstanceType.INF2_XLARGE;
const env = { account: '111111111111', region: 'us-west-2' };
const image = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' }));

type Make = (stack: Stack, vpc: ec2.IVpc, selection: ec2.SubnetSelection) => unknown;

const clusterIn = (stack: Stack, vpc: ec2.IVpc) => ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });

const PLACES: [string, Make][] = [
  ['a pool', (stack, vpc, vpcSubnets) => new NeuronCapacity(stack, 'C', { vpc, vpcSubnets, instanceType })],
  ['a Gaudi pool', (stack, vpc, vpcSubnets) => new GaudiCapacity(stack, 'C', { vpc, vpcSubnets, machineImage: image })],
  [
    'a pool without accelerators',
    (stack, vpc, vpcSubnets) => new Ec2Capacity(stack, 'C', { vpc, vpcSubnets, instanceType: new ec2.InstanceType('c7i.large') }),
  ],
  [
    'Managed Instances',
    (stack, vpc, vpcSubnets) => new NeuronManagedCapacity(stack, 'C', { vpc, vpcSubnets, instanceTypes: [instanceType] }),
  ],
  ['Fargate', (stack, vpc, vpcSubnets) => new FargateCapacity(stack, 'C', { vpc, vpcSubnets })],
  [
    'an imported pool',
    (stack, vpc, vpcSubnets) =>
      NeuronCapacity.fromNeuronCapacityAttributes(stack, 'C', {
        cluster: clusterIn(stack, vpc),
        capacityProviderName: 'pool',
        instanceType,
        vpcSubnets,
      }),
  ],
  [
    'imported Managed Instances',
    (stack, vpc, vpcSubnets) =>
      NeuronManagedCapacity.fromNeuronManagedCapacityAttributes(stack, 'C', {
        cluster: clusterIn(stack, vpc),
        capacityProviderName: 'managed',
        instanceTypes: [instanceType],
        vpcSubnets,
      }),
  ],
];

const MISSES: [string, ec2.SubnetSelection, RegExp][] = [
  ['a zone', { availabilityZones: ['us-west-2z'] }, /{ availabilityZones: \["us-west-2z"\] }/],
  ['a type', { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, /{ subnetType: Isolated }/],
  ['a group', { subnetGroupName: 'Databases' }, /{ subnetGroupName: "Databases" }/],
  ['a filter', { subnetFilters: [ec2.SubnetFilter.byIds(['subnet-0123456789abcdef0'])] }, /{ subnetFilters }/],
  ['a list', { subnets: [] }, /{ subnets: \[\] }/],
];

describe.each(PLACES)('the subnets of %s', (_, make) => {
  test.each(MISSES)('that match nothing, by %s, are an error', (__, selection, inWords) => {
    const { stack, vpc } = newStackWithVpc({ env });
    expect(() => make(stack, vpc, selection)).toThrow(inWords);
    expect(() => make(new Stack(stack, 'Other', { env }), vpc, selection)).toThrow(
      /`vpcSubnets` .* matches no subnet of Stack\/Vpc. It has public subnets .*; private subnets PrivateSubnet1 in dummy1a, .*subnets-match/,
    );
  });

  test('of a VPC that is still to be looked up are not checked', () => {
    const stack = newStack({ env });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'shared' });
    expect(() => make(stack, vpc, { availabilityZones: ['us-west-2b'] })).not.toThrow();
  });

  test('that match some are fine', () => {
    const { stack, vpc } = newStackWithVpc({ env });
    expect(() => make(stack, vpc, { availabilityZones: [vpc.availabilityZones[0]] })).not.toThrow();
  });
});

describe('subnets in a stack without an environment', () => {
  test('are not found by the name of a zone, and the message says why', () => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { availabilityZones: ['us-west-2b'] };
    expect(() => new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType })).toThrow(
      /The stack of the VPC has no environment.*Set `env` of the stack, or choose zones by their place in the VPC/,
    );
  });

  test('are found by their place', () => {
    const { stack, vpc } = newStackWithVpc();
    const vpcSubnets = { availabilityZones: [vpc.availabilityZones[1]] };
    new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType });
    Template.fromStack(stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [Match.anyValue()] });
  });
});

test('a VPC without subnets that this app knows is an error', () => {
  const stack = newStack({ env });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['us-west-2a'] });
  expect(() => new NeuronCapacity(stack, 'Pool', { vpc, instanceType })).toThrow(
    /`vpcSubnets` \(not given, so private subnets\) matches no subnet of Stack\/Vpc. This app knows no subnets of it/,
  );
});

test('the subnets of an imported VPC can be a list that is not known', () => {
  const stack = newStack({ env });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: new CfnParameter(stack, 'VpcId').valueAsString,
    availabilityZones: Fn.split(',', Fn.importValue('Zones'), 2),
    privateSubnetIds: Fn.split(',', Fn.importValue('Subnets'), 2),
  });
  const vpcSubnets = { availabilityZones: [vpc.availabilityZones[0]] };
  expect(() => new NeuronCapacity(stack, 'Pool', { vpc, vpcSubnets, instanceType })).not.toThrow();
});

describe('tasks in awsvpc mode on an imported capacity', () => {
  const imported = (stack: Stack) => {
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['us-west-2a'] });
    const cluster = clusterIn(stack, vpc);
    return NeuronCapacity.fromNeuronCapacityAttributes(stack, 'Pool', { cluster, capacityProviderName: 'pool', instanceType });
  };

  test('need subnets', () => {
    const stack = newStack({ env });
    const capacity = imported(stack);
    expect(() => new NeuronService(stack, 'Service', { capacity, container })).toThrow(/Stack\/Service.*`vpcSubnets` .* matches no subnet/);
    expect(() => new MlRunTask(stack, 'Job', { capacity, container, timeout: Duration.hours(1) })).toThrow(
      /`vpcSubnets` .* matches no subnet/,
    );
  });

  test('do not need them in bridge mode', () => {
    const stack = newStack({ env });
    new NeuronService(stack, 'Service', { capacity: imported(stack), networkMode: ecs.NetworkMode.BRIDGE, container });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('the subnets of endpoints must match some', () => {
  const { stack, vpc } = newStackWithVpc({ env });
  const subnets = { availabilityZones: ['us-west-2z'] };
  expect(() => new EcsVpcEndpoints(stack, 'Endpoints', { vpc, subnets })).toThrow(/`subnets` .* matches no subnet of Stack\/Vpc/);
});

test('so must those of an Elastic Inference service', () => {
  const stack = newStack({ env });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['us-west-2a'] });
  const accelerators = [{ type: ElasticInferenceAccelerator.EIA2_MEDIUM }];
  const props = {
    vpc,
    instanceType: new ec2.InstanceType('c5.large'),
    accelerators,
    container: { ...container, memoryReservationMiB: 512 },
  };
  expect(() => new ElasticInferenceService(stack, 'Service', props)).toThrow(/`vpcSubnets` .* matches no subnet/);
});
