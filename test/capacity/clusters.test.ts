import { App, Aspects, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, Duration, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import {
  Ec2Capacity,
  FargateCapacity,
  MlRunTask,
  NeuronCapacity,
  NeuronCapacityStrategy,
  NeuronInstanceType,
  NeuronManagedCapacity,
  NeuronService,
} from '../../src';
import { container, newApp, warnings } from '../support';

const instanceType = NeuronInstanceType.INF2_XLARGE;
const env = { account: '111111111111', region: 'us-west-2' };
const elsewhere = { account: '111111111111', region: 'us-east-1' };
const LIST = 'AWS::ECS::ClusterCapacityProviderAssociations';

function base(app: App, props: Partial<ecs.ClusterProps> = {}): { stack: Stack; vpc: ec2.Vpc; cluster: ecs.Cluster } {
  const stack = new Stack(app, 'Base', { env });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  return { stack, vpc, cluster: new ecs.Cluster(stack, 'Cluster', { vpc, ...props }) };
}

function pool(scope: Construct, cluster: ecs.ICluster, id = 'Pool'): NeuronCapacity {
  return new NeuronCapacity(scope, id, { cluster, instanceType });
}

/** Imports a cluster by its name. */
function named(scope: Construct, vpc: ec2.IVpc, id = 'Cluster', clusterName = 'shared'): ecs.ICluster {
  return ecs.Cluster.fromClusterAttributes(scope, id, { clusterName, vpc });
}

function lists(stack: Stack): unknown[][] {
  return Object.values(Template.fromStack(stack).findResources(LIST)).map(({ Properties }) => Properties.CapacityProviders);
}

describe('a cluster with two lists of capacity providers is an error', () => {
  test('from pools in two other stacks', () => {
    const app = newApp();
    const { cluster } = base(app);
    pool(new Stack(app, 'A', { env }), cluster);
    pool(new Stack(app, 'B', { env }), cluster);
    expect(() => app.synth()).toThrow(
      /`cluster` Base\/Cluster gets 2 lists of capacity providers: 1 capacity provider from A\/Pool, 1 capacity provider from B\/Pool. ECS keeps one .*cdk-ecs-ml:cluster-has-providers/,
    );
  });

  test.each([['before'], ['after']])('from a pool in a nested stack, made %s one in its parent', (order) => {
    const app = newApp();
    const { stack, cluster } = base(app);
    const nested = new NestedStack(stack, 'Nested');
    const make = [() => pool(stack, cluster), () => pool(nested, cluster)];
    for (const one of order === 'before' ? make.reverse() : make) one();
    expect(() => app.synth()).toThrow(
      /belongs to another stack and has 1 capacity provider there, and gets another list .* from Base\/Nested\/Pool/,
    );
  });

  test('from pools in two nested stacks', () => {
    const app = newApp();
    const { stack, cluster } = base(app);
    for (const id of ['A', 'B']) pool(new NestedStack(stack, id), cluster);
    expect(() => app.synth()).toThrow(/2 lists of capacity providers/);
  });

  test('from a pool without accelerators beside one with', () => {
    const app = newApp();
    const { cluster } = base(app);
    pool(new Stack(app, 'A', { env }), cluster);
    new Ec2Capacity(new Stack(app, 'B', { env }), 'Pool', { cluster, instanceType: new ec2.InstanceType('c7i.large') });
    expect(() => app.synth()).toThrow(/2 lists of capacity providers/);
  });

  test('from a pool beside Fargate, turned on later in the stack of the cluster', () => {
    const app = newApp();
    const { cluster } = base(app);
    pool(new Stack(app, 'A', { env }), cluster);
    cluster.enableFargateCapacityProviders();
    expect(() => app.synth()).toThrow(/belongs to another stack and has 2 capacity providers there/);
  });

  test.each<[string, (scope: Construct, cluster: ecs.ICluster) => unknown]>([
    ['by reference', (scope, { clusterName: cluster }) => new ecs.CfnClusterCapacityProviderAssociations(scope, 'L1', listOf(cluster))],
    ['by ARN', (scope, { clusterArn: cluster }) => new ecs.CfnClusterCapacityProviderAssociations(scope, 'L1', listOf(cluster))],
  ])('from an L1 of the user, %s', (_, make) => {
    const app = newApp();
    const { stack, cluster } = base(app);
    pool(stack, cluster);
    make(stack, cluster);
    expect(() => app.synth()).toThrow(
      /2 lists of capacity providers: 1 capacity provider from Base\/Cluster, 1 capacity provider from Base\/L1/,
    );
  });

  test('from an L1 cluster that has one itself', () => {
    const app = newApp();
    const { stack, vpc } = base(app);
    const { ref } = new ecs.CfnCluster(stack, 'L1', { capacityProviders: ['FARGATE'] });
    pool(stack, named(stack, vpc, 'Import', ref));
    expect(() => app.synth()).toThrow(
      /2 lists of capacity providers: 1 capacity provider from Base\/Pool, 1 capacity provider from Base\/L1/,
    );
  });

  test.each<[string, (scope: Construct, vpc: ec2.IVpc) => ecs.ICluster]>([
    ['by name', named],
    ['by ARN', (scope) => ecs.Cluster.fromClusterArn(scope, 'Arn', 'arn:aws:ecs:us-west-2:111111111111:cluster/shared')],
    ['by an export', (scope, vpc) => named(scope, vpc, 'Export', Fn.importValue('SharedCluster'))],
  ])('from pools in two stacks that import it %s', (_, importCluster) => {
    const app = newApp();
    for (const id of ['A', 'B']) {
      const stack = new Stack(app, id, { env });
      const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
      const cluster = importCluster(stack, vpc);
      pool(stack, withVpc(stack, cluster, vpc));
    }
    expect(() => app.synth()).toThrow(/2 lists of capacity providers/);
  });

  test('from a pool that imports by name what another stack creates', () => {
    const app = newApp();
    const { stack, cluster, vpc } = base(app, { clusterName: 'shared' });
    pool(stack, cluster);
    const other = new Stack(app, 'Other', { env });
    pool(other, named(other, vpc));
    expect(() => app.synth()).toThrow(
      /belongs to another stack and has 1 capacity provider there, and gets another list with 1 capacity provider from Other\/Pool/,
    );
  });

  test('from pools in two stacks that import it by a reference to it', () => {
    const app = newApp();
    const { cluster, vpc } = base(app);
    for (const id of ['A', 'B']) {
      const stack = new Stack(app, id, { env });
      pool(stack, named(stack, vpc, 'Import', cluster.clusterName));
    }
    expect(() => app.synth()).toThrow(/2 lists of capacity providers/);
  });
});

function listOf(cluster: string): ecs.CfnClusterCapacityProviderAssociationsProps {
  return { cluster, capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] };
}

/** An import by ARN has no VPC, so it is imported again with the same name and ARN. */
function withVpc(scope: Construct, { clusterName, clusterArn }: ecs.ICluster, vpc: ec2.IVpc): ecs.ICluster {
  return ecs.Cluster.fromClusterAttributes(scope, 'WithVpc', { clusterName, clusterArn, vpc });
}

describe('one list is enough', () => {
  test('for two imports of a cluster in one stack', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack', { env });
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    pool(stack, named(stack, vpc, 'One'), 'A');
    pool(stack, named(stack, vpc, 'Two'), 'B');
    expect(lists(stack)).toEqual([[expect.anything(), expect.anything()]]);
  });

  test('for services, jobs and strategies of other stacks', () => {
    const app = newApp();
    const { stack, cluster } = base(app);
    const [one, two] = [pool(stack, cluster, 'One'), pool(stack, cluster, 'Two')];
    const other = new Stack(app, 'Other', { env });
    const capacity = new NeuronCapacityStrategy(other, 'Strategy', { pools: [{ capacity: one }, { capacity: two }] });
    new NeuronService(other, 'Service', { capacity, container });
    new MlRunTask(other, 'Job', { capacity: one, container, timeout: Duration.hours(1) });
    expect(lists(stack)).toHaveLength(1);
    expect(lists(other)).toHaveLength(0);
  });

  test('for clusters of one name in different places', () => {
    const app = newApp();
    const stages = ['Beta', 'Prod'].map((id) => new Stage(app, id));
    const places = [env, elsewhere, undefined, undefined];
    [app, app, ...stages].forEach((scope, index) => {
      const stack = new Stack(scope, `Stack${index}`, { env: places[index] });
      const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
      pool(stack, named(stack, vpc));
      if (index === 0) pool(stack, named(stack, vpc, 'Other', 'other'), 'OtherPool');
    });
    expect(() => app.synth()).not.toThrow();
  });

  test('for clusters whose names are parameters', () => {
    const app = newApp();
    for (const id of ['A', 'B']) {
      const stack = new Stack(app, id, { env });
      const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
      pool(stack, named(stack, vpc, 'Cluster', new CfnParameter(stack, 'Name').valueAsString));
    }
    expect(() => app.synth()).not.toThrow();
  });
});

describe('a cluster takes 20 capacity providers', () => {
  const providers = (stack: Stack, cluster: ecs.Cluster, count: number) => {
    Aspects.of(cluster).add({
      visit: (node) => {
        if (!(node instanceof ecs.CfnClusterCapacityProviderAssociations)) return;
        node.capacityProviders = [...Array(count).keys()].map((index) => `provider${index}`);
      },
    });
    pool(stack, cluster);
  };

  test('no more', () => {
    const app = newApp();
    const { stack, cluster } = base(app);
    providers(stack, cluster, 21);
    expect(() => app.synth()).toThrow(/has 21 capacity providers, but a cluster can have at most 20.*cdk-ecs-ml:cluster-provider-count/);
  });

  test('of which Managed Instances are some', () => {
    const app = newApp();
    const { stack, cluster } = base(app);
    providers(stack, cluster, 20);
    new NeuronManagedCapacity(new Stack(app, 'Other', { env }), 'Managed', { cluster, instanceTypes: [instanceType] });
    expect(() => app.synth()).toThrow(/has 21 capacity providers/);
  });

  test('and 20 are fine, as is a list that is not known', () => {
    const app = newApp();
    const { stack, cluster } = base(app);
    providers(stack, cluster, 20);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('Fargate on a cluster of another stack', () => {
  const UNSEEN = /cdk-ecs-ml:fargate-providers-unseen/;
  const fargate = (scope: Construct, cluster: ecs.ICluster, spot?: boolean) =>
    new MlRunTask(scope, 'Job', {
      capacity: new FargateCapacity(scope, 'Cpu', { cluster, spot }),
      container,
      timeout: Duration.hours(1),
      resumable: spot,
    });
  const ours = (stack: Stack) => warnings(stack).filter((text) => text.includes('cdk-ecs-ml:'));

  test('that lacks its capacity providers is a warning that says how to add them', () => {
    const app = newApp();
    const { cluster } = base(app);
    const stack = new Stack(app, 'Jobs', { env });
    fargate(stack, cluster);
    expect(ours(stack)).toEqual([
      expect.stringMatching(/`cluster` Base\/Cluster .*does not add FARGATE to it. Call `enableFargateCapacityProviders/),
    ]);
  });

  test('that has them is fine', () => {
    const app = newApp();
    const { cluster } = base(app, { enableFargateCapacityProviders: true });
    const stack = new Stack(app, 'Jobs', { env });
    fargate(stack, cluster, true);
    expect(ours(stack)).toEqual([]);
  });

  test('that has only one of them is a warning for the other', () => {
    const app = newApp();
    const { stack: owner, cluster } = base(app);
    new ecs.CfnClusterCapacityProviderAssociations(owner, 'L1', listOf(cluster.clusterName));
    const stack = new Stack(app, 'Jobs', { env });
    fargate(stack, cluster, true);
    expect(ours(stack)).toEqual([expect.stringMatching(/by Base\/L1, lacks FARGATE_SPOT. Create the `FargateCapacity` in the stack/)]);
  });

  test('that is imported is a warning', () => {
    const app = newApp();
    const { stack, vpc } = base(app);
    fargate(stack, named(stack, vpc, 'Import'));
    expect(ours(stack)).toEqual([expect.stringMatching(UNSEEN)]);
  });

  test.each([['before'], ['after']])('whose list this stack writes gets them in that list, made %s its pool', (order) => {
    const app = newApp();
    const { cluster } = base(app);
    const stack = new Stack(app, 'Team', { env });
    const make = [() => fargate(stack, cluster), () => pool(stack, cluster)];
    for (const one of order === 'before' ? make : make.reverse()) one();
    expect(ours(stack)).toEqual([]);
    expect(lists(stack)).toEqual([['FARGATE', 'FARGATE_SPOT', expect.anything()]]);
  });
});

describe('another Region or account is an error', () => {
  const MESSAGE = /is in Region us-east-1, but .* is in Region us-west-2. .*cdk-ecs-ml:same-environment/;

  test.each<[string, (scope: Construct, capacity: NeuronCapacity) => unknown]>([
    ['service', (scope, capacity) => new NeuronService(scope, 'Service', { capacity, container })],
    ['job', (scope, capacity) => new MlRunTask(scope, 'Job', { capacity, container, timeout: Duration.hours(1) })],
    ['partition', (scope, capacity) => new NeuronService(scope, 'Service', { capacity: capacity.partition(0), container })],
  ])('for a %s', (kind, make) => {
    const app = newApp();
    const far = new Stack(app, 'Far', { env: elsewhere });
    const capacity = new NeuronCapacity(far, 'Pool', {
      vpc: new ec2.Vpc(far, 'Vpc'),
      instanceType: NeuronInstanceType.INF2_24_XLARGE,
      partitions: kind === 'partition' ? [3, 3] : undefined,
    });
    expect(() => make(new Stack(app, 'Near', { env }), capacity)).toThrow(/Near\/.*`capacity` Far\/Pool.*is in Region us-east-1/);
  });

  test('for Managed Instances and an imported pool', () => {
    const app = newApp();
    const far = new Stack(app, 'Far', { env: elsewhere });
    const vpc = new ec2.Vpc(far, 'Vpc');
    const managed = new NeuronManagedCapacity(far, 'Managed', { vpc, instanceTypes: [instanceType] });
    const near = new Stack(app, 'Near', { env });
    expect(() => new NeuronService(near, 'A', { capacity: managed, container })).toThrow(MESSAGE);
    const clusterArn = 'arn:aws:ecs:us-east-1:111111111111:cluster/shared';
    const imported = NeuronCapacity.fromNeuronCapacityAttributes(near, 'Imported', {
      cluster: ecs.Cluster.fromClusterArn(near, 'Cluster', clusterArn),
      capacityProviderName: 'pool',
      instanceType,
    });
    expect(() => new NeuronService(near, 'B', { capacity: imported, container })).toThrow(MESSAGE);
  });

  test.each<[string, (scope: Construct, props: { vpc?: ec2.IVpc; cluster?: ecs.ICluster }) => unknown]>([
    ['pool', (scope, props) => new NeuronCapacity(scope, 'C', { ...props, instanceType })],
    [
      'pool without accelerators',
      (scope, props) => new Ec2Capacity(scope, 'C', { ...props, instanceType: new ec2.InstanceType('c7i.large') }),
    ],
    ['Managed Instances capacity', (scope, props) => new NeuronManagedCapacity(scope, 'C', { ...props, instanceTypes: [instanceType] })],
    ['Fargate capacity', (scope, props) => new FargateCapacity(scope, 'C', props)],
  ])('for a %s and its cluster or VPC', (_, make) => {
    const app = newApp();
    const far = new Stack(app, 'Far', { env: elsewhere });
    const vpc = new ec2.Vpc(far, 'Vpc');
    const cluster = new ecs.Cluster(far, 'Cluster', { vpc });
    const near = new Stack(app, 'Near', { env });
    expect(() => make(near, { cluster })).toThrow(/`cluster` Far\/Cluster is in Region us-east-1, but Near\/C is in Region us-west-2/);
    expect(() => make(new Stack(app, 'Next', { env }), { vpc })).toThrow(/`vpc` Far\/Vpc is in Region us-east-1/);
    const other = new Stack(app, 'Other', { env: { ...elsewhere, account: '222222222222' } });
    expect(() => make(other, { cluster })).toThrow(/is in account 111111111111, but Other\/C is in account 222222222222/);
  });
});
