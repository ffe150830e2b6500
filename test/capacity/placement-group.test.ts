import { aws_autoscaling as autoscaling, aws_ec2 as ec2, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CapacityReservationPreference,
  Ec2Capacity,
  Ec2CapacityOptions,
  GaudiCapacity,
  GaudiMachineImage,
  LaunchTemplateCapacityBlock,
  LaunchTemplateEfa,
  NeuronCapacity,
  NeuronInstanceType,
  PurchaseOption,
} from '../../src';
import { newStack, newStackWithVpc, synth } from '../support';

const ID = 'cr-0123456789abcdef0';
const GROUP_ARN = 'arn:aws:resource-groups:us-east-1:111111111111:group/reserved';
const BLOCK = PurchaseOption.capacityBlock({ capacityReservationId: ID, endsAt: new Date('2099-03-08T11:30:00Z') });
const image = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' });

const POOLS: Record<string, (stack: Stack, options: Ec2CapacityOptions) => unknown> = {
  Neuron: (stack, options) => new NeuronCapacity(stack, 'Pool', { ...options, instanceType: NeuronInstanceType.TRN1_32_XLARGE, efa: true }),
  Gaudi: (stack, options) => new GaudiCapacity(stack, 'Pool', { ...options, machineImage: GaudiMachineImage.custom(image), efa: true }),
};

function pool(family: string, options: Partial<Ec2CapacityOptions>) {
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-east-1' } });
  POOLS[family](stack, { vpc, vpcSubnets: { subnets: [vpc.privateSubnets[0]] }, maxInstances: 4, ...options });
  return stack;
}

const placement = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData.Placement;

describe.each(Object.keys(POOLS))('a %s pool with EFA', (family) => {
  test.each([
    ['On-Demand', undefined],
    ['as Spot', PurchaseOption.spot()],
  ])('bought %s gets a cluster placement group', (_, purchaseOption) => {
    const template = synth(pool(family, { purchaseOption }));
    template.hasResourceProperties('AWS::EC2::PlacementGroup', { Strategy: 'cluster' });
    expect(placement(template)).toBeDefined();
  });

  test.each([
    ['a Capacity Block', BLOCK],
    ['a reservation', PurchaseOption.capacityReservation(ID)],
    ['a reservation that falls back', PurchaseOption.capacityReservation(ID, { preference: CapacityReservationPreference.FIRST })],
    ['a group of reservations', PurchaseOption.capacityReservationGroup(GROUP_ARN)],
  ])('in %s gets none', (_, purchaseOption) => {
    const template = synth(pool(family, { purchaseOption }));
    template.resourceCountIs('AWS::EC2::PlacementGroup', 0);
    expect(placement(template)).toBeUndefined();
  });

  test('in a reservation uses the placement group that is given', () => {
    const purchaseOption = PurchaseOption.capacityReservation(ID);
    const placementGroup = ec2.PlacementGroup.fromPlacementGroupName(newStack(), 'Group', 'reserved');
    const template = synth(pool(family, { purchaseOption, placementGroup }));
    template.resourceCountIs('AWS::EC2::PlacementGroup', 0);
    expect(placement(template)).toEqual({ GroupName: 'reserved' });
  });

  test('in a Capacity Block fails with a placement group', () => {
    const placementGroup = ec2.PlacementGroup.fromPlacementGroupName(newStack(), 'Group', 'own');
    expect(() => pool(family, { purchaseOption: BLOCK, placementGroup })).toThrow(
      /^Stack\/Pool: `placementGroup` must be left out if `purchaseOption` is a Capacity Block\. .* \[cdk-ecs-ml:capacity-block-placement-group\]$/,
    );
  });
});

test('a pool without EFA or slices fails with a placement group in a Capacity Block too', () => {
  const { stack, vpc } = newStackWithVpc();
  const placementGroup = new ec2.PlacementGroup(stack, 'Group');
  const instanceType = new ec2.InstanceType('c7i.large');
  const props = { vpc, vpcSubnets: { subnets: [vpc.privateSubnets[0]] }, instanceType, maxInstances: 1, purchaseOption: BLOCK };
  expect(() => new Ec2Capacity(stack, 'Pool', { ...props, placementGroup })).toThrow('[cdk-ecs-ml:capacity-block-placement-group]');
});

describe('LaunchTemplateCapacityBlock', () => {
  const mixin = new LaunchTemplateCapacityBlock({ capacityReservationId: ID });
  const message = 'must not be in a placement group, but its `placement` sets one';

  test('fails on a template with a placement group, also with one that is added later', () => {
    const stack = newStack();
    const placementGroup = new ec2.PlacementGroup(stack, 'Group');
    new ec2.LaunchTemplate(stack, 'Template', { placementGroup, instanceType: new ec2.InstanceType('p5.48xlarge') }).with(mixin);
    expect(() => synth(stack)).toThrow(message);

    const other = newStack();
    const template = new ec2.CfnLaunchTemplate(other, 'Template', { launchTemplateData: {} });
    template.with(mixin);
    template.launchTemplateData = Lazy.any({ produce: () => ({ placement: { groupId: 'pg-0123456789abcdef0' } }) });
    expect(() => synth(other)).toThrow(message);
  });

  test('passes on a template whose placement is only a tenancy, and with EFA', () => {
    const stack = newStack();
    const template = new ec2.CfnLaunchTemplate(stack, 'Template', {
      launchTemplateData: { placement: { tenancy: 'default' }, securityGroupIds: ['sg-0123456789abcdef0'] },
    });
    template.with(mixin, new LaunchTemplateEfa({ instanceType: NeuronInstanceType.TRN1_32_XLARGE }));
    synth(stack).resourceCountIs('AWS::EC2::PlacementGroup', 0);
  });

  test('fails if the Auto Scaling group of the template has a placement group, and ignores those of other templates', () => {
    const withGroups = (own: boolean) => {
      const { stack, vpc } = newStackWithVpc();
      const [block, other] = ['Block', 'Other'].map((id) => {
        const instanceType = new ec2.InstanceType('c7i.large');
        const launchTemplate = new ec2.LaunchTemplate(stack, id, { instanceType, machineImage: image, requireImdsv2: true });
        const group = new autoscaling.AutoScalingGroup(stack, `Group${id}`, { vpc, launchTemplate });
        return { launchTemplate, group: group.node.defaultChild as autoscaling.CfnAutoScalingGroup };
      });
      block.launchTemplate.with(mixin);
      (own ? block : other).group.placementGroup = 'mine';
      return stack;
    };
    Template.fromStack(withGroups(false));
    expect(() => Template.fromStack(withGroups(true))).toThrow('but the Auto Scaling group Stack/GroupBlock/ASG sets one');
  });
});
