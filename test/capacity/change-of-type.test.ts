import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Ec2Capacity,
  FargateCapacity,
  GaudiCapacity,
  GaudiInstanceType,
  GaudiMachineImage,
  NeuronCapacity,
  NeuronInstanceType,
  NeuronService,
} from '../../src';
import { container, newApp, newStackWithVpc, synth } from '../support';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

/** What a deployment of the second template does to the resources of the first, by type. */
function change(before: Template, after: Template) {
  const [old, next] = [before, after].map((template) => template.toJSON().Resources as Record<string, Resource>);
  const typesOf = (ids: string[], resources: Record<string, Resource>) => [...new Set(ids.map((id) => resources[id].Type))].sort();
  const kept = Object.keys(old).filter((id) => id in next);
  return {
    deleted: typesOf(
      Object.keys(old).filter((id) => !(id in next)),
      old,
    ),
    created: typesOf(
      Object.keys(next).filter((id) => !(id in old)),
      next,
    ),
    updated: typesOf(
      kept.filter((id) => JSON.stringify(old[id]) !== JSON.stringify(next[id])),
      old,
    ),
    service: kept
      .filter((id) => old[id].Type === 'AWS::ECS::Service')
      .map((id) => [old[id].Properties?.Cluster, next[id].Properties?.Cluster]),
  };
}

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const PROVIDER = 'AWS::ECS::CapacityProvider';
const CLUSTER = 'AWS::ECS::Cluster';
const POOL = [GROUP, PROVIDER];
const OWN = [GROUP, PROVIDER, CLUSTER];

/** The change between two stacks that `make` fills. */
function between(make: (stack: Stack, vpc: ec2.IVpc, second: boolean) => void) {
  const [before, after] = [false, true].map((second) => {
    const { stack, vpc } = newStackWithVpc();
    make(stack, vpc, second);
    return synth(stack);
  });
  return change(before, after);
}

const neuron = (second: boolean) => (second ? NeuronInstanceType.INF2_8_XLARGE : NeuronInstanceType.INF2_XLARGE);
const ec2Type = (second: boolean) => new ec2.InstanceType(second ? 'c7i.xlarge' : 'c7i.large');

describe('another instance type', () => {
  test('replaces the pool, the cluster and the ECS service of a service that creates them', () => {
    const made = between((stack, vpc, second) => {
      new NeuronService(stack, 'Service', { vpc, instanceType: neuron(second), container, serviceName: 'bert' });
    });
    expect(made.deleted).toEqual(OWN);
    expect(made.created).toEqual(OWN);
    expect(made.updated).toContain('AWS::ECS::ClusterCapacityProviderAssociations');
    expect(made.updated).not.toContain(GROUP);
    const [[old, next]] = made.service;
    expect(old).not.toEqual(next);
  });

  test.each<[string, (stack: Stack, vpc: ec2.IVpc, second: boolean) => void]>([
    ['a Neuron pool', (stack, vpc, second) => new NeuronCapacity(stack, 'Pool', { vpc, instanceType: neuron(second) })],
    ['a pool without accelerators', (stack, vpc, second) => new Ec2Capacity(stack, 'Pool', { vpc, instanceType: ec2Type(second) })],
    [
      'a Gaudi pool',
      (stack, vpc, second) => {
        const machineImage = GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }));
        const { DL1_24_XLARGE: dl1 } = GaudiInstanceType;
        const other = GaudiInstanceType.of('dl9.24xlarge', {
          ...dl1,
          vCpus: 96,
          memory: dl1.memory,
          chips: 8,
          networkInterfacesPerCard: 15,
        });
        new GaudiCapacity(stack, 'Pool', { vpc, machineImage, instanceType: second ? other : dl1 });
      },
    ],
  ])('replaces %s with its cluster', (_, make) => {
    expect(between(make)).toMatchObject({ deleted: OWN, created: OWN });
  });

  test('replaces the pool in a cluster that is given, and leaves other pools alone', () => {
    const made = between((stack, vpc, second) => {
      const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
      const capacity = new NeuronCapacity(stack, 'Pool', { cluster, instanceType: neuron(second) });
      new Ec2Capacity(stack, 'Cpu', { cluster, instanceType: ec2Type(false) });
      new NeuronService(stack, 'Service', { capacity, container });
    });
    expect(made).toMatchObject({ deleted: POOL, created: POOL });
    const [[old, next]] = made.service;
    expect(old).toEqual(next);
  });

  test('moves everything that shares a cluster which a pool created', () => {
    const ids = (second: boolean) => {
      const { stack, vpc } = newStackWithVpc();
      const { cluster } = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: neuron(second) });
      new FargateCapacity(stack, 'Fargate', { cluster });
      const guest = new Ec2Capacity(stack, 'Guest', { cluster, instanceType: ec2Type(false) });
      return stack.resolve((guest.autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup).logicalId) as string;
    };
    expect(ids(false)).not.toEqual(ids(true));
    expect(ids(false)).toMatch(/^GuestAutoScalingGroupASG[0-9A-F]{8}C7iLargeInf2Xlarge$/);
  });

  test('that only the deployment knows leaves the logical ids as they are', () => {
    const { stack, vpc } = newStackWithVpc();
    const type = new CfnParameter(stack, 'Type');
    const { autoScalingGroup } = new Ec2Capacity(stack, 'Pool', { vpc, instanceType: new ec2.InstanceType(type.valueAsString) });
    const { logicalId } = autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    expect(stack.resolve(logicalId)).toMatch(/^PoolAutoScalingGroupASG[0-9A-F]{8}$/);
  });
});

test('the logical ids of a deployed pool can be kept', () => {
  const { stack, vpc } = newStackWithVpc();
  const { autoScalingGroup } = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: neuron(false) });
  const group = autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
  expect(stack.getLogicalId(group)).toMatch(/Inf2Xlarge$/);
  group.overrideLogicalId('Deployed');
  expect(Object.keys(synth(stack).findResources(GROUP))).toEqual(['Deployed']);
});

test('the same instance type changes nothing', () => {
  const made = between((stack, vpc) => new NeuronService(stack, 'Service', { vpc, instanceType: neuron(false), container }));
  expect(made).toMatchObject({ deleted: [], created: [], updated: [] });
});

test('references from other stacks and from nested stacks find the resources', () => {
  const app = newApp();
  const { stack, vpc } = newStackWithVpc({}, app);
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType: neuron(false) });
  new NeuronService(new NestedStack(stack, 'Nested'), 'Service', { capacity, container });
  new NeuronService(new Stack(app, 'Consumer'), 'Service', { capacity, container });
  const { Resources, Outputs } = Template.fromStack(stack).toJSON() as {
    Resources: Record<string, Resource>;
    Outputs: Record<string, { Value: { Ref?: string } }>;
  };
  const refs = [...JSON.stringify({ Resources, Outputs }).matchAll(/"Ref":"(Pool[^"]+)"/g)].map(([, id]) => id);
  expect(refs.filter((id) => id.endsWith('Inf2Xlarge')).length).toBeGreaterThan(2);
  expect(refs.filter((id) => !(id in Resources))).toEqual([]);
});

describe('a stack whose name begins with a word that ECS reserves', () => {
  const names = (second: boolean) => {
    const stack = new Stack(newApp(), 'ecs-models');
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    for (const id of ['A', 'B']) new NeuronCapacity(stack, id, { cluster, instanceType: neuron(second) });
    return Object.values(Template.fromStack(stack).findResources(PROVIDER)).map(({ Properties }) => Properties.Name as string);
  };

  test('has a name for each capacity provider, which depends on the instance type', () => {
    const all = [...names(false), ...names(true)];
    expect(new Set(all).size).toBe(4);
    for (const name of all) expect(name).toMatch(/^cp-[\w-]{1,250}$/);
  });
});
