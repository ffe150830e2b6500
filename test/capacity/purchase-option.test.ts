import { App, aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, Aws, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CapacityBlockProps,
  CapacityReservationPreference,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronInstanceType,
  NeuronService,
  PurchaseOption,
} from '../../src';
import { container, newApp, newStackWithVpc, synth, warnings } from '../support';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const RESERVATION = 'cr-0123456789abcdef0';
const GROUP_ARN = 'arn:aws:resource-groups:us-east-1:111111111111:group/reserved';
const ENDS = new Date('2027-03-08T11:30:00Z');
const STARTS = new Date('2027-03-01T11:30:00Z');

function pool(purchaseOption: PurchaseOption, props: Partial<NeuronCapacityProps> = {}, region?: string): Stack {
  const { stack, vpc } = newStackWithVpc(region ? { env: { account: '111111111111', region } } : {}, newApp());
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.TRN1_32_XLARGE, purchaseOption, ...props });
  return stack;
}

function block(props: Partial<CapacityBlockProps> = {}, poolProps: Partial<NeuronCapacityProps> = {}, region?: string): Stack {
  const { stack, vpc } = newStackWithVpc(region ? { env: { account: '111111111111', region } } : {});
  new NeuronCapacity(stack, 'Pool', {
    vpc,
    vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
    instanceType: NeuronInstanceType.TRN1_32_XLARGE,
    maxInstances: 4,
    purchaseOption: PurchaseOption.capacityBlock({ capacityReservationId: RESERVATION, endsAt: ENDS, ...props }),
    ...poolProps,
  });
  return stack;
}

function launchTemplateData(template: Template) {
  return Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
}

function group(template: Template) {
  return Object.values(template.findResources(GROUP))[0];
}

function scheduled(template: Template) {
  return Object.values(template.findResources('AWS::AutoScaling::ScheduledAction')).map(({ Properties }) => Properties);
}

test('On-Demand says nothing of how hosts are bought', () => {
  const template = synth(pool(PurchaseOption.onDemand()));
  expect(launchTemplateData(template).InstanceMarketOptions).toBeUndefined();
  expect(launchTemplateData(template).CapacityReservationSpecification).toBeUndefined();
  expect(group(template).Properties.CapacityReservationSpecification).toBeUndefined();
  expect(scheduled(template)).toEqual([]);
});

describe('a capacity reservation', () => {
  test.each<[string, PurchaseOption, unknown]>([
    [
      'by its id, and nothing else',
      PurchaseOption.capacityReservation(RESERVATION),
      {
        CapacityReservationPreference: 'capacity-reservations-only',
        CapacityReservationTarget: { CapacityReservationIds: [RESERVATION] },
      },
    ],
    [
      'by its id, else On-Demand',
      PurchaseOption.capacityReservation(RESERVATION, { preference: CapacityReservationPreference.FIRST }),
      {
        CapacityReservationPreference: 'capacity-reservations-first',
        CapacityReservationTarget: { CapacityReservationIds: [RESERVATION] },
      },
    ],
    [
      'of a group, and nothing else',
      PurchaseOption.capacityReservationGroup(GROUP_ARN),
      {
        CapacityReservationPreference: 'capacity-reservations-only',
        CapacityReservationTarget: { CapacityReservationResourceGroupArns: [GROUP_ARN] },
      },
    ],
    [
      'of a group, else On-Demand',
      PurchaseOption.capacityReservationGroup(GROUP_ARN, { preference: CapacityReservationPreference.FIRST }),
      {
        CapacityReservationPreference: 'capacity-reservations-first',
        CapacityReservationTarget: { CapacityReservationResourceGroupArns: [GROUP_ARN] },
      },
    ],
  ])('%s is the target of the group; the launch template says nothing', (_, option, specification) => {
    const stack = pool(option, { minInstances: 1, maxInstances: 3 });
    const template = synth(stack);
    expect(group(template).Properties).toMatchObject({ CapacityReservationSpecification: specification, MinSize: '1', MaxSize: '3' });
    expect(launchTemplateData(template).InstanceMarketOptions).toBeUndefined();
    expect(launchTemplateData(template).CapacityReservationSpecification).toBeUndefined();
    expect(option.interruptible).toBe(false);
    expect(warnings(stack)).toEqual([]);
  });

  test('may be a token', () => {
    const { stack, vpc } = newStackWithVpc();
    const id = new CfnParameter(stack, 'Reservation').valueAsString;
    const instanceType = NeuronInstanceType.TRN1_32_XLARGE;
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    new NeuronCapacity(stack, 'A', { cluster, instanceType, purchaseOption: PurchaseOption.capacityReservation(id) });
    const arn = `arn:${Aws.PARTITION}:resource-groups:${Aws.REGION}:${Aws.ACCOUNT_ID}:group/reserved`;
    new NeuronCapacity(stack, 'B', { cluster, instanceType, purchaseOption: PurchaseOption.capacityReservationGroup(arn) });
    const template = synth(stack);
    template.hasResourceProperties(GROUP, {
      CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationIds: [{ Ref: 'Reservation' }] } },
    });
    template.hasResourceProperties(GROUP, {
      CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationResourceGroupArns: [Match.anyValue()] } },
    });
  });

  test.each<[string, () => PurchaseOption, RegExp]>([
    [
      'a block',
      () => PurchaseOption.capacityReservation('cb-0123456789abcdef0'),
      /`capacityReservationId` must be.*got: cb-0123456789abcdef0/,
    ],
    ['a short id', () => PurchaseOption.capacityReservation('cr-0123'), /`capacityReservationId` must be.*got: cr-0123/],
    ['an ARN', () => PurchaseOption.capacityReservation(GROUP_ARN), /`capacityReservationId` must be.*reservation-target/],
    [
      'an id as group',
      () => PurchaseOption.capacityReservationGroup(RESERVATION),
      /`resourceGroupArn` must be.*use `PurchaseOption\.capacityReservation\(/,
    ],
    [
      'a block of another form',
      () => PurchaseOption.capacityBlock({ capacityReservationId: 'my-block', endsAt: ENDS }),
      /PurchaseOption.capacityBlock: `capacityReservationId` must be/,
    ],
  ])('%s is an error', (_, make, message) => expect(make).toThrow(message));

  test('an id of the old, short form is fine', () => {
    synth(pool(PurchaseOption.capacityReservation('cr-01234567')));
  });
});

describe('a Capacity Block', () => {
  test('is the market and the target of the launch template', () => {
    const data = launchTemplateData(synth(block()));
    expect(data.InstanceType).toBe('trn1.32xlarge');
    expect(data.InstanceMarketOptions).toEqual({ MarketType: 'capacity-block' });
    expect(data.CapacityReservationSpecification).toEqual({ CapacityReservationTarget: { CapacityReservationId: RESERVATION } });
  });

  test('that has begun starts all hosts with the deployment, and stops them 40 minutes before its end', () => {
    const stack = block();
    const template = synth(stack);
    expect(group(template).Properties).toMatchObject({ MinSize: '4', MaxSize: '4' });
    expect(group(template).Properties.MixedInstancesPolicy).toBeUndefined();
    expect(group(template).Properties.CapacityReservationSpecification).toBeUndefined();
    expect(scheduled(template)).toEqual([
      {
        AutoScalingGroupName: { Ref: expect.stringContaining('PoolAutoScalingGroup') },
        StartTime: '2027-03-08T10:50:00Z',
        MinSize: 0,
        MaxSize: 0,
        DesiredCapacity: 0,
      },
    ]);
    expect(warnings(stack)).toEqual([]);
  });

  test('that begins later has no host before, and all of them from then', () => {
    const template = synth(block({ startsAt: STARTS, scaleInBefore: Duration.hours(2) }));
    expect(group(template).Properties).toMatchObject({ MinSize: '0', MaxSize: '0' });
    expect(scheduled(template)).toMatchObject([
      { StartTime: '2027-03-01T11:30:00Z', MinSize: 4, MaxSize: 4, DesiredCapacity: 4 },
      { StartTime: '2027-03-08T09:30:00Z', MinSize: 0, MaxSize: 0, DesiredCapacity: 0 },
    ]);
    for (const action of scheduled(template)) expect(action.Recurrence).toBeUndefined();
  });

  test('keeps its sizes when the stack is deployed again while it lasts', () => {
    for (const stack of [block(), block({ startsAt: STARTS })]) {
      expect(group(synth(stack)).UpdatePolicy).toEqual({ AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } });
    }
  });

  test('pins the version of its launch template', () => {
    expect(group(synth(block())).Properties.LaunchTemplate.Version).toEqual({ 'Fn::GetAtt': [expect.any(String), 'LatestVersionNumber'] });
  });

  test('leaves managed scaling on, so that tasks wait for it', () => {
    synth(block()).hasResourceProperties('AWS::ECS::CapacityProvider', {
      AutoScalingGroupProvider: {
        ManagedScaling: { Status: 'ENABLED' },
        ManagedDraining: 'ENABLED',
        ManagedTerminationProtection: 'DISABLED',
      },
    });
  });

  test('may have a token as id and as size', () => {
    const { stack, vpc } = newStackWithVpc();
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
      instanceType: NeuronInstanceType.TRN1_32_XLARGE,
      maxInstances: new CfnParameter(stack, 'Hosts', { type: 'Number' }).valueAsNumber,
      purchaseOption: PurchaseOption.capacityBlock({
        capacityReservationId: new CfnParameter(stack, 'Block').valueAsString,
        startsAt: STARTS,
        endsAt: ENDS,
      }),
    });
    const template = synth(stack);
    expect(launchTemplateData(template).CapacityReservationSpecification.CapacityReservationTarget).toEqual({
      CapacityReservationId: { Ref: 'Block' },
    });
    expect(scheduled(template)[0]).toMatchObject({ MinSize: { Ref: 'Hosts' }, MaxSize: { Ref: 'Hosts' } });
  });

  test.each<[string, Partial<CapacityBlockProps>, RegExp]>([
    ['an end that is no date', { endsAt: new Date('tomorrow') }, /`endsAt` must be a valid date/],
    ['a beginning that is no date', { startsAt: new Date('x') }, /`startsAt` must be a valid date/],
    [
      'an end before the beginning',
      { startsAt: ENDS, endsAt: STARTS },
      /`startsAt` must be before `endsAt` minus `scaleInBefore`, got: 2027-03-08T11/,
    ],
    [
      'no time between',
      { startsAt: new Date('2027-03-08T10:50:00Z') },
      /`startsAt` must be before.*got: 2027-03-08T10:50:00.000Z, 2027-03-08T11:30:00.000Z and 40 minutes/,
    ],
    [
      'hosts until EC2 takes them',
      { scaleInBefore: Duration.minutes(30) },
      /`scaleInBefore` must be more than 30 minutes.*got: 30 minutes/,
    ],
    [
      'a token as delay',
      { scaleInBefore: Duration.minutes(Aws.REGION as never) },
      /`scaleInBefore` must be a whole number of seconds, got: a token/,
    ],
  ])('%s is an error', (_, props, message) => {
    expect(() => PurchaseOption.capacityBlock({ capacityReservationId: RESERVATION, endsAt: ENDS, ...props })).toThrow(message);
  });

  test('a minute more than EC2 takes is fine', () => {
    expect(scheduled(synth(block({ scaleInBefore: Duration.minutes(31) })))[0].StartTime).toBe('2027-03-08T10:59:00Z');
  });

  test.each<[string, Partial<NeuronCapacityProps>, RegExp]>([
    ['minInstances', { minInstances: 1 }, /`minInstances` must be left out.*capacity-block-excludes/],
    ['updatePolicy', { updatePolicy: autoscaling.UpdatePolicy.rollingUpdate() }, /`updatePolicy` must be left out/],
    ['targetCapacityPercent', { targetCapacityPercent: 80 }, /`targetCapacityPercent` must be left out/],
    [
      'scaling steps',
      { maximumScalingStepSize: 2, instanceWarmup: Duration.minutes(1) },
      /`instanceWarmup` and `maximumScalingStepSize` must be left out if `purchaseOption` is a Capacity Block/,
    ],
    ['no size', { maxInstances: undefined }, /`maxInstances` must be given if `purchaseOption` is a Capacity Block/],
    ['no instance', { maxInstances: 0 }, /`maxInstances` must be a whole number, 1 or more, got: 0/],
  ])('with %s is an error', (_, props, message) => expect(() => block({}, props)).toThrow(message));

  test('in several zones is an error', () => {
    expect(() => synth(block({}, { vpcSubnets: undefined }))).toThrow(
      /in 2 Availability Zones, number 0 of the Region, number 1 of the Region, but must be in one. `purchaseOption`: a Capacity Block is in a single zone/,
    );
  });

  test('in several subnets of one zone is fine', () => {
    const { stack } = newStackWithVpc();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Imported', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    });
    new NeuronCapacity(stack, 'Pool', {
      vpc,
      instanceType: NeuronInstanceType.TRN1_32_XLARGE,
      maxInstances: 2,
      purchaseOption: PurchaseOption.capacityBlock({ capacityReservationId: RESERVATION, endsAt: ENDS }),
    });
    synth(stack);
  });

  test('of a type that is not sold so is a warning', () => {
    const stack = block({}, { instanceType: NeuronInstanceType.INF2_48_XLARGE });
    expect(warnings(stack)).toEqual([expect.stringContaining('inf2.48xlarge is not publicly listed as sold in Capacity Blocks')]);
  });

  test('in a Region that does not sell it is a warning, and the list of on-demand Regions does not matter', () => {
    expect(warnings(block({}, {}, 'eu-west-1'))).toEqual([
      expect.stringContaining('Capacity Blocks of trn1.32xlarge are publicly listed in'),
    ]);
    expect(warnings(block({}, {}, 'eu-north-1'))).toEqual([]);
  });

  test('holds its hosts, which services share', () => {
    const stack = block();
    const capacity = stack.node.findChild('Pool') as NeuronCapacity;
    new NeuronService(stack, 'Service', { capacity, container, desiredCount: 5 });
    expect(() => synth(stack)).toThrow(/The pool has 4 slices.*need at least 5/);
  });
});

describe('Spot', () => {
  function withStopTimeout(purchaseOption: PurchaseOption, seconds: number): string[] {
    const { stack, vpc } = newStackWithVpc();
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, purchaseOption });
    new NeuronService(stack, 'Service', { capacity, container: { ...container, stopTimeout: Duration.seconds(seconds) } });
    synth(stack);
    return warnings(stack);
  }

  test('takes a host after two minutes: containers that want longer to stop are a warning', () => {
    expect(withStopTimeout(PurchaseOption.spot(), 121)).toEqual([
      expect.stringMatching(/`stopTimeout` of container main should be at most 120 seconds, got: 121/),
    ]);
    expect(withStopTimeout(PurchaseOption.spot(), 120)).toEqual([]);
    expect(withStopTimeout(PurchaseOption.onDemand(), 600)).toEqual([]);
  });

  test('drains hosts, and others do not ask for it', () => {
    const draining = (option: PurchaseOption) =>
      JSON.stringify(launchTemplateData(synth(pool(option))).UserData).includes('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true');
    expect(draining(PurchaseOption.spot())).toBe(true);
    expect(draining(PurchaseOption.capacityReservation(RESERVATION))).toBe(false);
    expect(draining(PurchaseOption.onDemand())).toBe(false);
  });
});

test('never a launch configuration, with or without feature flags', () => {
  const app = new App();
  const stack = new Stack(app, 'Plain');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  template.hasResourceProperties(GROUP, { LaunchConfigurationName: Match.absent(), LaunchTemplate: Match.anyValue() });
});
