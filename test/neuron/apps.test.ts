import { readFileSync } from 'fs';
import * as path from 'path';
import { App, aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elb, Stack, Stage } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from '../../src';
import { container, newApp, newStack, newStackWithVpc, synth, warnings } from '../support';

const instanceType = NeuronInstanceType.INF2_24_XLARGE;

describe('stacks', () => {
  test('VPC, cluster, pool and services may be in four of them', () => {
    const app = newApp();
    const { stack: network, vpc } = newStackWithVpc({}, app);
    const clusters = new Stack(app, 'Clusters');
    const cluster = new ecs.Cluster(clusters, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const pools = new Stack(app, 'Pools');
    const capacity = new NeuronCapacity(pools, 'Pool', { cluster, instanceType, tasksPerInstance: 6 });
    const services = new Stack(app, 'Services');
    new NeuronService(services, 'Service', { capacity, desiredCount: 6, container });
    const template = synth(services);
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: { 'Fn::ImportValue': Match.stringLikeRegexp('^Pools:') } }],
      Cluster: { 'Fn::ImportValue': Match.stringLikeRegexp('^Clusters:') },
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 },
    });
    const dependencies = (stack: Stack) => stack.dependencies.map((dependency) => dependency.node.path).sort();
    expect(dependencies(services)).toEqual(['Clusters', 'Pools', 'Stack']);
    expect(dependencies(pools)).toEqual(['Clusters', 'Stack']);
    expect(dependencies(clusters)).toEqual([]);
    expect(dependencies(network)).toEqual([]);
  });

  test('a load balancer in the stack of the service reaches hosts in another, in bridge mode', () => {
    const app = newApp();
    const { stack: pools, vpc } = newStackWithVpc({}, app);
    const capacity = new NeuronCapacity(pools, 'Pool', { vpc, instanceType: NeuronInstanceType.INF1_24_XLARGE, tasksPerInstance: 16 });
    const services = new Stack(app, 'Services');
    const { service } = new NeuronService(services, 'Service', { capacity, container });
    const loadBalancer = new elb.ApplicationLoadBalancer(services, 'Alb', { vpc });
    loadBalancer.addListener('Http', { port: 80 }).addTargets('Model', { port: 8080, targets: [service] });
    synth(services, 'AwsSolutions-ELB2', 'AwsSolutions-EC23').hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::ImportValue': Match.stringLikeRegexp('^Stack:.*PoolSecurityGroup') },
      FromPort: 32768,
    });
    expect(pools.dependencies).toEqual([]);
  });

  test('in a stage', () => {
    const app = newApp();
    const stage = new Stage(app, 'Prod', { env: { account: '111111111111', region: 'us-west-2' } });
    const stack = new Stack(stage, 'Stack');
    new NeuronService(stack, 'Service', { vpc: new ec2.Vpc(stack, 'Vpc'), instanceType, container });
    synth(stack).resourceCountIs('AWS::ECS::Service', 1);
  });

  test.each([[undefined], [{ account: '111111111111', region: 'us-west-2' }], [{ region: 'us-west-2' }]])(
    'in the environment %j',
    (env) => {
      const { stack, vpc } = newStackWithVpc({ env });
      new NeuronService(stack, 'Service', { vpc, instanceType, container });
      synth(stack).resourceCountIs('AWS::ECS::Service', 1);
      expect(warnings(stack)).toEqual([]);
    },
  );

  test('with an imported VPC', () => {
    const { stack } = newStackWithVpc({ env: { account: '111111111111', region: 'us-west-2' } });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Imported', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-west-2a', 'us-west-2b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    });
    new NeuronService(stack, 'Service', { vpc, instanceType, container });
    synth(stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      VPCZoneIdentifier: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('with a VPC that was looked up', () => {
    const subnets = ['a', 'b'].map((zone, i) => ({
      subnetId: `subnet-0123456789abcdef${i}`,
      availabilityZone: `us-west-2${zone}`,
      routeTableId: `rtb-0123456789abcdef${i}`,
    }));
    const found = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: [], subnetGroups: [{ name: 'Private', type: 'Private', subnets }] };
    const lookUp = 'vpc-provider:account=111111111111:filter.isDefault=false:region=us-west-2:returnAsymmetricSubnets=true';
    const stack = newStack({ env: { account: '111111111111', region: 'us-west-2' } }, newApp({ [lookUp]: found }));
    new NeuronService(stack, 'Service', { vpc: ec2.Vpc.fromLookup(stack, 'Found', { isDefault: false }), instanceType, container });
    synth(stack).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      VPCZoneIdentifier: subnets.map((subnet) => subnet.subnetId),
    });
  });
});

describe('apps', () => {
  function program(app: App): Stack {
    const { stack, vpc } = newStackWithVpc({}, app);
    const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, tasksPerInstance: 6 });
    new NeuronService(stack, 'A', { capacity, desiredCount: 2, container });
    new NeuronService(stack, 'B', { vpc, instanceType: NeuronInstanceType.INF2_XLARGE, container });
    return stack;
  }

  test('without any feature flag', () => {
    const template = synth(program(newApp()));
    template.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
    template.resourceCountIs('AWS::EC2::LaunchTemplate', 2);
  });

  test('with every recommended feature flag', () => {
    const flags = recommendedFlags();
    expect(Object.keys(flags).length).toBeGreaterThan(50);
    const stack = program(newApp(flags));
    synth(stack).resourceCountIs('AWS::EC2::LaunchTemplate', 2);
    expect(warnings(stack)).toEqual([]);
  });

  test('give the same template each time', () => {
    expect(synth(program(newApp())).toJSON()).toEqual(synth(program(newApp())).toJSON());
  });
});

/** The flags that aws-cdk-lib recommends for new apps, as it publishes them. */
function recommendedFlags(): Record<string, unknown> {
  const folder = path.dirname(require.resolve('aws-cdk-lib/package.json'));
  return JSON.parse(readFileSync(path.join(folder, 'recommended-feature-flags.json'), 'utf8'));
}
