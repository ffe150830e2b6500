import { App, aws_autoscaling as autoscaling, aws_ec2 as ec2, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import {
  Ec2Capacity,
  Ec2CapacityOptions,
  GaudiCapacity,
  GaudiMachineImage,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronMachineImage,
  PurchaseOption,
} from '../../src';
import { newApp, newStackWithVpc, synth } from '../support';
import { runUserData, userDataOf } from '../support/user-data';

const SETTING = 'ECS_WARM_POOLS_CHECK=true';

type Props = Partial<Ec2CapacityOptions>;
const image = ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' });

const families: Record<string, (stack: Stack, vpc: ec2.IVpc, props: Props) => NeuronCapacity | GaudiCapacity | Ec2Capacity> = {
  Neuron: (stack, vpc, props) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, ...props }),
  Gaudi: (stack, vpc, props) => new GaudiCapacity(stack, 'Pool', { vpc, machineImage: GaudiMachineImage.custom(image), ...props }),
  Ec2: (stack, vpc, props) => new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType('c7i.large'), ...props }),
};

function setup(props: Props = {}, make = families.Neuron) {
  const app: App = newApp();
  const { stack, vpc } = newStackWithVpc({ env: { account: '111111111111', region: 'us-west-2' } }, app);
  return { app, stack, vpc, pool: make(stack, vpc, props) };
}

/** The settings of the agent on the hosts of a stack. */
function settings(stack: Stack): string[] {
  return runUserData(userDataOf(synth(stack))[0], ['dnf', 'systemctl']).config;
}

describe.each(Object.entries(families))('a pool of the family %s', (_, make) => {
  test('has a warm pool that the agent knows', () => {
    const { stack } = setup({ warmPool: { minSize: 1, maxGroupPreparedCapacity: 2 } }, make);
    synth(stack).hasResourceProperties('AWS::AutoScaling::WarmPool', { MinSize: 1, MaxGroupPreparedCapacity: 2 });
    const [script] = userDataOf(synth(stack));
    expect(script.split('\n').filter((line) => line.includes(SETTING))).toEqual([`echo ${SETTING} >> /etc/ecs/ecs.config`]);
  });

  test('tells the agent nothing without one', () => {
    const { stack } = setup({}, make);
    const template = synth(stack);
    template.resourceCountIs('AWS::AutoScaling::WarmPool', 0);
    expect(userDataOf(template)[0]).not.toMatch(/WARM_POOLS|late settings/);
  });
});

describe('the agent is told', () => {
  test('before anything can start it', () => {
    const { stack } = setup({ warmPool: {}, userDataCommands: ['systemctl start ecs'] });
    const [script] = userDataOf(synth(stack));
    expect(script.indexOf(SETTING)).toBeGreaterThan(script.indexOf('ECS_CLUSTER='));
    expect(script.indexOf(SETTING)).toBeLessThan(script.indexOf('systemctl start ecs'));
    expect(settings(stack)).toContain(SETTING);
  });

  test('on a machine image without it, too', () => {
    const machineImage = NeuronMachineImage.deepLearningAmiUbuntu2404();
    const make = (stack: Stack, vpc: ec2.IVpc, props: Props) =>
      new NeuronCapacity(stack, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, machineImage, ...props });
    const [script] = userDataOf(synth(setup({ warmPool: {} }, make).stack));
    expect(script.indexOf(SETTING)).toBeGreaterThan(script.indexOf('mkdir -p /etc/ecs'));
    expect(script.indexOf(SETTING)).toBeLessThan(script.indexOf('could not install the ECS agent'));
  });

  test.each<[string, (stack: Stack, group: autoscaling.AutoScalingGroup) => void]>([
    ['the group', (_, group) => group.addWarmPool({ minSize: 1 })],
    ['an L2', (stack, autoScalingGroup) => new autoscaling.WarmPool(stack, 'Warm', { autoScalingGroup })],
    ['an L1', (stack, { autoScalingGroupName }) => new autoscaling.CfnWarmPool(stack, 'Warm', { autoScalingGroupName })],
  ])('of a warm pool that is added with %s', (_, add) => {
    const { stack, pool } = setup();
    add(stack, pool.autoScalingGroup);
    expect(settings(stack)).toContain(SETTING);
  });

  test('of a warm pool in another stack', () => {
    const { app, stack, pool } = setup();
    const other = new Stack(app, 'Other', { env: { account: stack.account, region: stack.region } });
    new autoscaling.CfnWarmPool(other, 'Warm', { autoScalingGroupName: pool.autoScalingGroup.autoScalingGroupName });
    expect(settings(stack)).toContain(SETTING);
  });

  test('not of the warm pool of another group', () => {
    const { stack, vpc } = setup();
    new NeuronCapacity(stack, 'Warm', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, warmPool: {} });
    const scripts = userDataOf(synth(stack)).map((script) => script.includes(SETTING));
    expect(scripts.sort()).toEqual([false, true]);
  });
});

const block = PurchaseOption.capacityBlock({ capacityReservationId: 'cr-0123456789abcdef0', endsAt: new Date('2036-06-03T11:30:00Z') });

describe('a warm pool is refused', () => {
  test.each<[string, Props, string]>([
    [
      'with reuse on scale-in',
      { warmPool: { reuseOnScaleIn: true } },
      '`reuseOnScaleIn` of `warmPool` must be false, because ECS does not support',
    ],
    [
      'with hibernated hosts',
      { warmPool: { poolState: autoscaling.PoolState.HIBERNATED } },
      '`poolState` of `warmPool` must be STOPPED or RUNNING, got: HIBERNATED.',
    ],
    ['with Spot hosts', { warmPool: {}, purchaseOption: PurchaseOption.spot() }, "`warmPool` can't be used with Spot hosts, because EC2"],
    [
      'in a Capacity Block',
      { warmPool: {}, purchaseOption: block, maxInstances: 2 },
      "`warmPool` can't be used with a Capacity Block, because",
    ],
    ['with a minimum below 0', { warmPool: { minSize: -1 } }, '`minSize` of `warmPool` must be a whole number, 0 or more, got: -1.'],
    [
      'with part of a host',
      { warmPool: { maxGroupPreparedCapacity: 1.5 } },
      '`maxGroupPreparedCapacity` of `warmPool` must be a whole number',
    ],
  ])('%s', (_, props, message) => {
    expect(() => setup(props)).toThrow(message);
  });

  test('with its rule', () => {
    expect(() => setup({ warmPool: { reuseOnScaleIn: true } })).toThrow('[cdk-ecs-ml:warm-pool]');
  });

  test('at synth if it is added to the group', () => {
    const { app, pool } = setup();
    pool.autoScalingGroup.addWarmPool({ reuseOnScaleIn: true });
    expect(() => app.synth()).toThrow('`reuseOnScaleIn` of `warmPool` must be false');
  });

  test('at synth if an override turns reuse on', () => {
    const { app, stack, pool } = setup({ warmPool: {} });
    const [warm] = stack.node.findAll().filter((one): one is autoscaling.CfnWarmPool => one instanceof autoscaling.CfnWarmPool);
    warm.addPropertyOverride('InstanceReusePolicy.ReuseOnScaleIn', true);
    expect(pool.autoScalingGroup).toBeDefined();
    expect(() => app.synth()).toThrow('`reuseOnScaleIn` of `warmPool` must be false');
  });

  test('at synth if Spot hosts get it from the group', () => {
    const { app, pool } = setup({ purchaseOption: PurchaseOption.spot() });
    pool.autoScalingGroup.addWarmPool();
    expect(() => app.synth()).toThrow("`warmPool` can't be used with Spot hosts");
  });

  test('as a second one of a group', () => {
    const { app, stack, pool } = setup({ warmPool: {} });
    new autoscaling.WarmPool(stack, 'Warm', { autoScalingGroup: pool.autoScalingGroup });
    expect(() => app.synth()).toThrow('has 2 warm pools, but it can have only one.');
  });
});

test.each<[string, Props]>([
  ['that does not reuse hosts', { warmPool: { reuseOnScaleIn: false } }],
  ['that is running', { warmPool: { poolState: autoscaling.PoolState.RUNNING } }],
  ['with On-Demand hosts', { warmPool: {}, purchaseOption: PurchaseOption.onDemand() }],
  ['with a capacity reservation', { warmPool: {}, purchaseOption: PurchaseOption.capacityReservation('cr-0123456789abcdef0') }],
  ['without a maximum of its own', { warmPool: { maxGroupPreparedCapacity: -1 } }],
])('a warm pool %s is accepted', (_, props) => {
  expect(settings(setup(props).stack)).toContain(SETTING);
});

test('the size of a warm pool can be a parameter', () => {
  const { stack } = setup({}, (scope, vpc) => {
    const size = new CfnParameter(scope, 'Size', { type: 'Number' });
    const warmPool = { minSize: Token.asNumber(size.value) };
    return new NeuronCapacity(scope, 'Pool', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, warmPool });
  });
  synth(stack).hasResourceProperties('AWS::AutoScaling::WarmPool', { MinSize: { Ref: 'Size' } });
});
