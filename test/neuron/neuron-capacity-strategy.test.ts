import { App, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  INeuronEc2Capacity,
  LogicalNeuronCoreConfig,
  NeuronCapacity,
  NeuronCapacityProps,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronService,
  NeuronServiceProps,
  NeuronStrategyPool,
  PurchaseOption,
} from '../../src';
import { container, newApp, newStackWithVpc, synth, warnings } from '../support';

const TYPE = NeuronInstanceType.INF2_8_XLARGE;

class Pools {
  public readonly stack: Stack;
  public readonly vpc: ec2.Vpc;
  public readonly cluster: ecs.Cluster;

  constructor(app = newApp()) {
    const { stack, vpc } = newStackWithVpc({}, app);
    this.stack = stack;
    this.vpc = vpc;
    this.cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  }

  public pool(id: string, props: Partial<NeuronCapacityProps> = {}): NeuronCapacity {
    return new NeuronCapacity(this.stack, id, { cluster: this.cluster, instanceType: TYPE, maxInstances: 4, ...props });
  }

  public strategy(...pools: NeuronStrategyPool[]): NeuronCapacityStrategy {
    return new NeuronCapacityStrategy(this.stack, 'Strategy', { pools });
  }

  public service(capacity: INeuronEc2Capacity, desiredCount: number, props: Partial<NeuronServiceProps> = {}): NeuronService {
    return new NeuronService(this.stack, `Service${desiredCount}`, { capacity, container, desiredCount, ...props });
  }
}

const ref = (id: string) => ({ Ref: expect.stringMatching(`^${id}CapacityProvider`) });

function serviceOf(template: Template) {
  return Object.values(template.findResources('AWS::ECS::Service'))[0];
}

describe('by default', () => {
  const pools = new Pools();
  const strategy = pools.strategy(
    { capacity: pools.pool('Reserved', { purchaseOption: PurchaseOption.capacityReservation('cr-0123456789abcdef0') }) },
    { capacity: pools.pool('Spot', { maxInstances: 8, purchaseOption: PurchaseOption.spot() }) },
  );
  pools.service(strategy, 6);
  const template = synth(pools.stack);

  test('tasks fill the first pool, and what is more goes to the other', () => {
    expect(serviceOf(template).Properties.CapacityProviderStrategy).toEqual([
      { CapacityProvider: ref('Reserved'), Base: 4, Weight: 0 },
      { CapacityProvider: ref('Spot'), Weight: 1 },
    ]);
    expect(serviceOf(template).Properties.LaunchType).toBeUndefined();
  });

  test('it has the slices of both pools, and can be interrupted as one of them can', () => {
    expect(strategy.maxInstances).toBe(12);
    expect(strategy.tasksPerInstance).toBe(1);
    expect(strategy.neuronCoresPerTask).toBe(2);
    expect(strategy.interruptible).toBe(true);
    expect(strategy.instanceType).toBe(TYPE);
  });

  test('a task definition is that of a pool', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      PlacementConstraints: Match.arrayWith([{ Type: 'memberOf', Expression: 'attribute:ecs.instance-type == inf2.8xlarge' }]),
      ContainerDefinitions: [Match.objectLike({ Cpu: 32768, Environment: [{ Name: 'NEURON_RT_NUM_CORES', Value: '2' }] })],
    });
  });

  test('the service starts after the capacity providers of its cluster', () => {
    const [associations] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(serviceOf(template).DependsOn).toContain(associations);
  });

  test('a rolling update stops the tasks beyond the first pool, and one in it', () => {
    expect(serviceOf(template).Properties.DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 50, MaximumPercent: 100 });
  });

  test('says nothing', () => expect(warnings(pools.stack)).toEqual([]));
});

describe('division', () => {
  test.each<[string, [object, object], unknown[]]>([
    ['a base alone', [{ base: 2 }, {}], [{ Base: 2, Weight: 0 }, { Weight: 1 }]],
    ['weights alone', [{ weight: 3 }, { weight: 1 }], [{ Weight: 3 }, { Weight: 1 }]],
    ['a base of the second', [{}, { base: 1 }], [{ Weight: 1 }, { Base: 1, Weight: 0 }]],
    ['both', [{ base: 1, weight: 2 }, { weight: 5 }], [{ Base: 1, Weight: 2 }, { Weight: 5 }]],
    ['the limits', [{ base: 100_000, weight: 1000 }, { weight: 0 }], [{ Base: 100_000, Weight: 1000 }, { Weight: 0 }]],
  ])('%s reaches the service', (_, [a, b], expected) => {
    const pools = new Pools();
    pools.service(pools.strategy({ capacity: pools.pool('A'), ...a }, { capacity: pools.pool('B'), ...b }), 1);
    const { CapacityProviderStrategy } = serviceOf(synth(pools.stack)).Properties;
    expect(CapacityProviderStrategy).toMatchObject(expected as object[]);
  });

  test('may be tokens, which are never compared', () => {
    const pools = new Pools();
    const base = new CfnParameter(pools.stack, 'Base', { type: 'Number' }).valueAsNumber;
    pools.service(pools.strategy({ capacity: pools.pool('A'), base }, { capacity: pools.pool('B') }), 7);
    const { Properties } = serviceOf(synth(pools.stack));
    expect(Properties.CapacityProviderStrategy[0]).toMatchObject({ Base: { Ref: 'Base' } });
    expect(Properties.DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 0, MaximumPercent: 100 });
  });

  test.each<[string, (pools: Pools) => NeuronStrategyPool[], RegExp]>([
    ['one pool', (p) => [{ capacity: p.pool('A') }], /`pools` must have from 2 to 20 pools, got: 1/],
    ['no pool', () => [], /`pools` must have from 2 to 20 pools, got: 0/],
    ['a base of -1', (p) => [{ capacity: p.pool('A'), base: -1 }, { capacity: p.pool('B') }], /`base` of Stack\/A must be.*got: -1/],
    ['too large a base', (p) => [{ capacity: p.pool('A'), base: 100_001 }, { capacity: p.pool('B') }], /0 to 100000, got: 100001/],
    ['half a task', (p) => [{ capacity: p.pool('A'), base: 0.5 }, { capacity: p.pool('B') }], /`base` of Stack\/A .*got: 0.5/],
    ['too large a weight', (p) => [{ capacity: p.pool('A'), weight: 1001 }, { capacity: p.pool('B') }], /`weight` of .*got: 1001/],
    [
      'two bases',
      (p) => [
        { capacity: p.pool('A'), base: 1 },
        { capacity: p.pool('B'), base: 2 },
      ],
      /Only one pool can have a `base`, got: Stack\/A \(1\), Stack\/B \(2\)/,
    ],
    [
      'no weight',
      (p) => [
        { capacity: p.pool('A'), weight: 0 },
        { capacity: p.pool('B'), weight: 0 },
      ],
      /At least one pool must have a `weight` of more than 0/,
    ],
    [
      'a pool of unknown size first',
      (p) => [{ capacity: imported(p, 'A') }, { capacity: imported(p, 'B') }],
      /`base` of Stack\/A, .*must be given because its `maxInstances` is not known/,
    ],
    [
      'the same pool twice',
      (p) => {
        const capacity = p.pool('A');
        return [{ capacity }, { capacity }];
      },
      /`pools` has Stack\/A more than once/,
    ],
    [
      'a strategy in a strategy',
      (p) => [
        { capacity: new NeuronCapacityStrategy(p.stack, 'Inner', { pools: ['A', 'B'].map((id) => ({ capacity: p.pool(id) })) }) },
        { capacity: p.pool('C') },
      ],
      /`capacity` Stack\/Inner in `pools` must be a pool, but it is a strategy itself/,
    ],
    [
      'another instance type',
      (p) => [{ capacity: p.pool('A') }, { capacity: p.pool('B', { instanceType: NeuronInstanceType.INF2_XLARGE }) }],
      /the same `instanceType`.*Stack\/A has inf2.8xlarge and Stack\/B has inf2.xlarge/,
    ],
    [
      'other slices',
      (p) => [
        { capacity: p.pool('A', { instanceType: NeuronInstanceType.INF2_48_XLARGE, tasksPerInstance: 12 }) },
        { capacity: p.pool('B', { instanceType: NeuronInstanceType.INF2_48_XLARGE, tasksPerInstance: 6 }) },
      ],
      /the same `tasksPerInstance`.*Stack\/A has 12 and Stack\/B has 6/,
    ],
    [
      'other logical cores',
      (p) => [
        { capacity: p.pool('A', { instanceType: NeuronInstanceType.TRN2_48_XLARGE }) },
        {
          capacity: p.pool('B', {
            instanceType: NeuronInstanceType.TRN2_48_XLARGE,
            logicalNeuronCoreConfig: LogicalNeuronCoreConfig.LNC_1,
          }),
        },
      ],
      /the same `logicalNeuronCoreConfig`.*Stack\/A has 2 and Stack\/B has 1/,
    ],
    [
      'another cluster',
      (p) => [{ capacity: p.pool('A') }, { capacity: p.pool('B', { cluster: undefined, vpc: p.vpc }) }],
      /`pools` must be in the same cluster, but Stack\/A and Stack\/B are not/,
    ],
  ])('%s is an error', (_, make, message) => {
    const pools = new Pools();
    const made = make(pools);
    expect(() => pools.strategy(...made)).toThrow(message);
  });
});

function imported(pools: Pools, id: string, clusterName = 'shared'): INeuronEc2Capacity {
  return NeuronCapacity.fromNeuronCapacityAttributes(pools.stack, id, {
    cluster: ecs.Cluster.fromClusterAttributes(pools.stack, `${id}Cluster`, { clusterName, vpc: pools.vpc }),
    capacityProviderName: `${id}-provider`,
    instanceType: TYPE,
  });
}

test('imported pools of the same cluster may share a strategy, which is not counted', () => {
  const pools = new Pools();
  pools.service(pools.strategy({ capacity: imported(pools, 'A'), base: 3 }, { capacity: imported(pools, 'B') }), 9);
  const { Properties } = serviceOf(synth(pools.stack));
  expect(Properties.CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'A-provider', Base: 3, Weight: 0 },
    { CapacityProvider: 'B-provider', Weight: 1 },
  ]);
  const others = [{ capacity: imported(pools, 'C'), base: 3 }, { capacity: imported(pools, 'D', 'other') }];
  expect(() => new NeuronCapacityStrategy(pools.stack, 'Other', { pools: others })).toThrow(/must be in the same cluster/);
});

describe('what runs on it', () => {
  test('fits both pools together', () => {
    const pools = new Pools();
    pools.service(pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B') }), 8);
    synth(pools.stack);
  });

  test('is an error where it is more than a pool holds', () => {
    const pools = new Pools();
    pools.service(pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B') }), 9);
    expect(() => synth(pools.stack)).toThrow(/\[Stack\/B\] The pool has 4 slices.*need at least 5: Stack\/Service9 \(5\)/);
  });

  test('counts together with what runs on one of its pools directly', () => {
    const pools = new Pools();
    const first = pools.pool('A');
    pools.service(pools.strategy({ capacity: first }, { capacity: pools.pool('B') }), 4);
    pools.service(first, 1);
    expect(() => synth(pools.stack)).toThrow(
      /\[Stack\/A\] The pool has 4 slices.*at least 5: Stack\/Service4 \(4\), Stack\/Service1 \(1\)/,
    );
  });

  test('has a base for each service: two of them want the first pool', () => {
    const pools = new Pools();
    const strategy = pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B', { maxInstances: 10 }) });
    pools.service(strategy, 3);
    pools.service(strategy, 2);
    expect(() => synth(pools.stack)).toThrow(
      /\[Stack\/A\] The pool has 4 slices.*at least 5: Stack\/Service3 \(3\), Stack\/Service2 \(2\)/,
    );
  });

  test('is divided by weight', () => {
    const pools = new Pools();
    pools.service(pools.strategy({ capacity: pools.pool('A'), weight: 3 }, { capacity: pools.pool('B'), weight: 1 }), 8);
    expect(() => synth(pools.stack)).toThrow(/\[Stack\/A\] The pool has 4 slices.*at least 6/);
  });

  test('may ask for too much under load, which is a warning', () => {
    const pools = new Pools();
    const strategy = pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B') });
    pools.service(strategy, 4).service.autoScaleTaskCount({ minCapacity: 4, maxCapacity: 12 });
    synth(pools.stack);
    expect(warnings(pools.stack)).toEqual([
      expect.stringMatching(/The pool has 4 slices.*may ask for 8: Stack\/Service4 \(8\)/),
      expect.stringMatching(
        /Of 12 tasks, of which Stack\/Strategy is only certain to hold 8.*Raise `maxInstances` of each pool of.*by 4 hosts/,
      ),
    ]);
  });
});

describe('rolling updates', () => {
  function update(base: number, tasks: number, props: Partial<NeuronServiceProps> = {}, max = 4) {
    const pools = new Pools();
    pools.service(
      pools.strategy({ capacity: pools.pool('A', { maxInstances: max }), base }, { capacity: pools.pool('B', { maxInstances: max }) }),
      tasks,
      props,
    );
    const { MinimumHealthyPercent, MaximumPercent } = serviceOf(synth(pools.stack)).Properties.DeploymentConfiguration;
    return { percent: [MinimumHealthyPercent, MaximumPercent], warnings: warnings(pools.stack) };
  }

  test('surge where each pool has a slice free', () => expect(update(3, 6).percent).toEqual([100, 133]));
  test('are in place where the first is full, so that a slice of it becomes free', () => expect(update(4, 6).percent).toEqual([50, 100]));
  test('are in place, as in any pool, where all tasks are in one', () => expect(update(4, 4).percent).toEqual([75, 100]));

  test('that may wait for the first pool are a warning', () => {
    const { warnings: found } = update(4, 6, { minHealthyPercent: 80, maxHealthyPercent: 100 });
    expect(found).toEqual([
      expect.stringMatching(/`minHealthyPercent` 80 may never complete. At most 1 of its tasks may stop.*so that 3 tasks may stop/),
    ]);
    expect(update(4, 6, { minHealthyPercent: 50, maxHealthyPercent: 100 }).warnings).toEqual([]);
  });

  test('follow the largest count of auto scaling too', () => {
    const pools = new Pools();
    const strategy = pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B') });
    pools.service(strategy, 4).service.autoScaleTaskCount({ minCapacity: 4, maxCapacity: 8 });
    expect(serviceOf(synth(pools.stack)).Properties.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 37,
      MaximumPercent: 100,
    });
  });

  test('stop all but the smallest share where weights divide', () => {
    const pools = new Pools();
    pools.service(pools.strategy({ capacity: pools.pool('A'), weight: 1 }, { capacity: pools.pool('B'), weight: 1 }), 8);
    expect(serviceOf(synth(pools.stack)).Properties.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 37,
      MaximumPercent: 100,
    });
  });
});

test('stop timeouts follow the pool that can be interrupted', () => {
  const pools = new Pools();
  const strategy = pools.strategy({ capacity: pools.pool('A') }, { capacity: pools.pool('B', { purchaseOption: PurchaseOption.spot() }) });
  pools.service(strategy, 1, { container: { ...container, stopTimeout: Duration.minutes(3) } });
  synth(pools.stack);
  expect(warnings(pools.stack)).toEqual([
    expect.stringContaining('`stopTimeout` of container main should be at most 120 seconds, got: 180'),
  ]);
});

test('tasks have the subnets of all pools, and their hosts are opened in all of them', () => {
  const pools = new Pools();
  const [a, b] = pools.vpc.privateSubnets;
  const slices = { instanceType: NeuronInstanceType.INF2_8_XLARGE };
  const one = pools.pool('A', { ...slices, vpcSubnets: { subnets: [a] } });
  const other = pools.pool('B', { ...slices, vpcSubnets: { subnets: [b] } });
  const strategy = pools.strategy({ capacity: one }, { capacity: other });
  pools.service(strategy, 1);
  strategy.connections.allowFromAnyIpv4(ec2.Port.tcp(443));
  const template = synth(pools.stack, 'AwsSolutions-EC23');
  const { Subnets } = serviceOf(template).Properties.NetworkConfiguration.AwsvpcConfiguration;
  expect(Subnets).toEqual([a, b].map(({ subnetId }) => pools.stack.resolve(subnetId)));
  const opened = Object.values(template.findResources('AWS::EC2::SecurityGroup')).filter(
    ({ Properties }) => Properties.SecurityGroupIngress,
  );
  expect(opened).toHaveLength(2);
});

describe('with a cluster of another stack', () => {
  function strategyIn(stackOf: (app: App, hosts: Stack) => Stack): { hosts: Stack; stack: Stack; template: Template } {
    const app = newApp();
    const { cluster } = new Pools(app);
    const hosts = new Stack(app, 'Hosts');
    const [a, b] = ['A', 'B'].map((id) => new NeuronCapacity(hosts, id, { cluster, instanceType: TYPE }));
    const stack = stackOf(app, hosts);
    const capacity = new NeuronCapacityStrategy(stack, 'Strategy', { pools: [{ capacity: a }, { capacity: b }] });
    new NeuronService(stack, 'Service', { capacity, container });
    return { hosts, stack, template: synth(stack) };
  }

  test('the service starts after the association of the pools in its stack', () => {
    const { template } = strategyIn((_, hosts) => hosts);
    const [associations] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(serviceOf(template).DependsOn).toContain(associations);
  });

  test('a strategy in a third stack makes that depend on the one of the pools', () => {
    const { hosts, stack, template } = strategyIn((app) => new Stack(app, 'Services'));
    expect(serviceOf(template).Properties.CapacityProviderStrategy).toHaveLength(2);
    expect(stack.dependencies).toContain(hosts);
  });
});

describe('pools that a task definition can not fit both of', () => {
  const pool = (pools: Pools, id: string, props: Partial<NeuronCapacityProps>) =>
    new NeuronCapacity(pools.stack, id, { cluster: pools.cluster, instanceType: NeuronInstanceType.TRN1_32_XLARGE, ...props });

  test.each<[string, Partial<NeuronCapacityProps>, RegExp]>([
    ['EFA', { efa: true }, /`pools` must have the same `efa`, .* Stack\/A has false and Stack\/B has true/],
    ['partitions', { partitions: [8, 8] }, /`capacity` Stack\/B is divided into partitions: .*Use one of them/],
  ])('for %s are an error', (_, props, message) => {
    const pools = new Pools();
    expect(() => pools.strategy({ capacity: pool(pools, 'A', {}) }, { capacity: pool(pools, 'B', props) })).toThrow(message);
  });

  test('for other chips are an error, and the same partition of each is fine', () => {
    const pools = new Pools();
    const [a, b] = ['A', 'B'].map((id) => pool(pools, id, { partitions: [8, 8], maxInstances: 2 }));
    expect(() => pools.strategy({ capacity: a.partition(0) }, { capacity: b.partition(1) })).toThrow(/must have the same `partition`/);
    const other = new Pools();
    const [c, d] = ['A', 'B'].map((id) => pool(other, id, { partitions: [8, 8], maxInstances: 2 }));
    const strategy = other.strategy({ capacity: c.partition(1) }, { capacity: d.partition(1) });
    other.service(strategy, 3);
    const [task] = Object.values(synth(other.stack).findResources('AWS::ECS::TaskDefinition'));
    expect(task.Properties.ContainerDefinitions[0].LinuxParameters.Devices[0].HostPath).toBe('/dev/neuron8');
    expect(() => strategy.partition(0)).toThrow(/`partition` needs a pool with `partitions`/);
  });
});
