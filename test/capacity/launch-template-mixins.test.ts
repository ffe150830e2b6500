import { aws_ec2 as ec2, CfnParameter, Stack } from 'aws-cdk-lib';
import {
  LaunchTemplateCapacityBlock,
  LaunchTemplateCapacityReservation,
  LaunchTemplateCapacityReservationProps,
  NeuronCapacity,
  NeuronInstanceType,
  PurchaseOption,
} from '../../src';
import { newStack, newStackWithVpc, synth } from '../support';

const ID = 'cr-0123456789abcdef0';
const ARN = 'arn:aws:resource-groups:us-east-1:111111111111:group/reserved';
const block = () => new LaunchTemplateCapacityBlock({ capacityReservationId: ID });
const reservation = () => new LaunchTemplateCapacityReservation({ capacityReservationId: ID });

function dataOf(stack: Stack) {
  return Object.values(synth(stack).findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
}

function l1(stack: Stack, data: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty = {}): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { instanceType: 'trn1.32xlarge', ...data } });
}

function l2(stack: Stack, props: ec2.LaunchTemplateProps = {}): ec2.LaunchTemplate {
  return new ec2.LaunchTemplate(stack, 'Template', { instanceType: new ec2.InstanceType('trn1.32xlarge'), ...props });
}

describe.each<[string, (stack: Stack) => ec2.CfnLaunchTemplate | ec2.LaunchTemplate]>([
  ['L1', l1],
  ['L2', l2],
])('on a launch template %s', (_, make) => {
  test('LaunchTemplateCapacityBlock gives market and target, and leaves the rest', () => {
    const stack = newStack();
    const template = make(stack);
    expect(template.with(block())).toBe(template);
    expect(dataOf(stack)).toMatchObject({
      InstanceType: 'trn1.32xlarge',
      InstanceMarketOptions: { MarketType: 'capacity-block' },
      CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: ID } },
    });
  });

  test('LaunchTemplateCapacityReservation gives a target, and no market', () => {
    const stack = newStack();
    make(stack).with(reservation());
    const data = dataOf(stack);
    expect(data.CapacityReservationSpecification).toEqual({ CapacityReservationTarget: { CapacityReservationId: ID } });
    expect(data.InstanceMarketOptions).toBeUndefined();
  });

  test('LaunchTemplateCapacityReservation takes a group', () => {
    const stack = newStack();
    make(stack).with(new LaunchTemplateCapacityReservation({ resourceGroupArn: ARN }));
    expect(dataOf(stack).CapacityReservationSpecification).toEqual({
      CapacityReservationTarget: { CapacityReservationResourceGroupArn: ARN },
    });
  });

  test('both exclude each other', () => {
    const stack = newStack();
    make(stack).with(block(), reservation());
    expect(() => synth(stack)).toThrow(/can't have a capacity reservation together with a Capacity Block, .*one-market/);
  });
});

test('tokens are never compared', () => {
  const stack = newStack();
  const capacityReservationId = new CfnParameter(stack, 'Block').valueAsString;
  l2(stack).with(new LaunchTemplateCapacityBlock({ capacityReservationId }));
  expect(dataOf(stack).CapacityReservationSpecification.CapacityReservationTarget).toEqual({ CapacityReservationId: { Ref: 'Block' } });
});

test.each<[string, (stack: Stack) => void, RegExp]>([
  ['Spot of an L2', (stack) => l2(stack, { spotOptions: {} }).with(block()), /a Capacity Block together with its `instanceMarketOptions`/],
  [
    'Spot of an L1',
    (stack) => l1(stack, { instanceMarketOptions: { marketType: 'spot' } }).with(reservation()),
    /a capacity reservation together with its `instanceMarketOptions`/,
  ],
  [
    'a reservation of an L1',
    (stack) => l1(stack, { capacityReservationSpecification: { capacityReservationPreference: 'open' } }).with(block()),
    /a Capacity Block together with its `capacityReservationSpecification`/,
  ],
])('%s is an error', (_, make, message) => {
  const stack = newStack();
  make(stack);
  expect(() => synth(stack)).toThrow(message);
});

test('a Spot pool takes no Capacity Block by the way', () => {
  const { stack, vpc } = newStackWithVpc();
  const { launchTemplate } = new NeuronCapacity(stack, 'Pool', {
    vpc,
    instanceType: NeuronInstanceType.TRN1_32_XLARGE,
    purchaseOption: PurchaseOption.spot(),
  });
  launchTemplate.with(block());
  expect(() => synth(stack)).toThrow(/a Capacity Block together with its `instanceMarketOptions`/);
});

test.each<[string, LaunchTemplateCapacityReservationProps, RegExp]>([
  [
    'two targets',
    { capacityReservationId: ID, resourceGroupArn: ARN },
    /Give either `capacityReservationId` or `resourceGroupArn`, but not both/,
  ],
  ['no target', {}, /Give either `capacityReservationId` or `resourceGroupArn`/],
  ['a wrong id', { capacityReservationId: 'r' }, /LaunchTemplateCapacityReservation: `capacityReservationId` must be/],
  ['a wrong ARN', { resourceGroupArn: ID }, /`resourceGroupArn` must be the ARN/],
])('%s is an error at once', (_, props, message) => {
  expect(() => new LaunchTemplateCapacityReservation(props)).toThrow(message);
});

test('a wrong id of a block is an error at once', () => {
  expect(() => new LaunchTemplateCapacityBlock({ capacityReservationId: 'block' })).toThrow(
    /LaunchTemplateCapacityBlock: `capacityReservationId`/,
  );
});

test('other constructs are left alone', () => {
  const vpc = new ec2.Vpc(newStack(), 'Vpc');
  expect(block().supports(vpc)).toBe(false);
  expect(reservation().supports(vpc)).toBe(false);
});
