import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Ec2Capacity, GaudiCapacity, GaudiMachineImage, NeuronCapacity, NeuronInstanceType, PurchaseOption } from '../../src';
import { newApp, newStackWithVpc, synth } from '../support';
import { importedCluster, isAllowed } from '../support/iam';
import { TemplateJson } from '../support/template';

const env = { account: '111111111111', region: 'us-east-1' };
const NAME = 'theirs';

const clusterArn = (name: string) => `arn:aws:ecs:us-east-1:111111111111:cluster/${name}`;
const instanceArn = (name: string) => `arn:aws:ecs:us-east-1:111111111111:container-instance/${name}/0123`;

/**
 * The calls of the ECS agent, and the pull of images by Docker with the role of the host, in the modes that pools switch on. The agent calls
 * `CreateCluster` only without a name of a cluster, `ec2:DescribeTags` only if it propagates tags, and `ecs:ListTagsForResource` only for
 * containers that ask for tags.
 *
 * @see https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/api/ecs/interface.go
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html
 */
const CALLS: [action: string, on: 'cluster' | 'instance' | 'all', purchase: 'any' | 'Spot'][] = [
  ['ecs:RegisterContainerInstance', 'cluster', 'any'],
  ['ecs:DeregisterContainerInstance', 'cluster', 'any'],
  ['ecs:SubmitTaskStateChange', 'cluster', 'any'],
  ['ecs:SubmitContainerStateChange', 'cluster', 'any'],
  ['ecs:SubmitAttachmentStateChanges', 'cluster', 'any'],
  ['ecs:Poll', 'instance', 'any'],
  ['ecs:StartTelemetrySession', 'instance', 'any'],
  ['ecs:UpdateContainerInstancesState', 'instance', 'Spot'],
  ['ecs:DiscoverPollEndpoint', 'all', 'any'],
  ['ecr:GetAuthorizationToken', 'all', 'any'],
  ['logs:CreateLogStream', 'all', 'any'],
  ['logs:PutLogEvents', 'all', 'any'],
];

/** What is not the agent's business. */
const OTHERS: [action: string, resource: string][] = [
  ['ecs:CreateCluster', '*'],
  ['ecs:RunTask', 'arn:aws:ecs:us-east-1:111111111111:task-definition/any:1'],
  ['ecs:StopTask', `arn:aws:ecs:us-east-1:111111111111:task/${NAME}/0123`],
  ['ecs:UpdateContainerAgent', instanceArn(NAME)],
  ['ecs:PutAttributes', instanceArn(NAME)],
  ['ec2:DescribeTags', '*'],
];

type Where = 'own cluster' | "the stack's cluster" | "another stack's cluster" | 'imported cluster';
type Kind = 'Neuron' | 'Gaudi' | 'plain';

/** A template whose only role of hosts is `PoolRole…`, and the name that it has for the cluster. */
function hostsOf(where: Where, kind: Kind, purchaseOption: PurchaseOption): { template: TemplateJson; cluster: string } {
  const app = newApp();
  const { stack: network, vpc } = newStackWithVpc({ env }, app);
  const stack = where === "another stack's cluster" ? new Stack(app, 'Pools', { env }) : network;
  const place = where === 'own cluster' ? { vpc } : { cluster: clusterFor(network, vpc, where) };
  const options = { ...place, purchaseOption };
  const pool =
    kind === 'Neuron'
      ? new NeuronCapacity(stack, 'Pool', { ...options, instanceType: NeuronInstanceType.INF2_8_XLARGE })
      : kind === 'Gaudi'
        ? new GaudiCapacity(stack, 'Pool', {
            ...options,
            machineImage: GaudiMachineImage.custom(ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' })),
          })
        : new Ec2Capacity(stack, 'Pool', { ...options, instanceType: new ec2.InstanceType('c7i.large') });
  const template = synth(stack).toJSON() as TemplateJson;
  return { template, cluster: named(stack.resolve(pool.cluster.clusterName)) };
}

function clusterFor(stack: Stack, vpc: ec2.IVpc, where: Where): ecs.ICluster {
  return where === 'imported cluster'
    ? ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: NAME, vpc })
    : new ecs.Cluster(stack, 'Cluster', {
        vpc,
        containerInsightsV2: ecs.ContainerInsights.ENABLED,
      });
}

/** The name of a cluster: what is given, or the logical id that stands for it. */
function named(name: string | { Ref: string } | { 'Fn::ImportValue': string }): string {
  if (typeof name === 'string') return name;
  return 'Ref' in name ? name.Ref : importedCluster(name['Fn::ImportValue']);
}

const CASES = (['own cluster', "the stack's cluster", "another stack's cluster", 'imported cluster'] as Where[]).flatMap((where) =>
  (['Neuron', 'Gaudi', 'plain'] as Kind[]).map((kind): [Where, Kind] => [where, kind]),
);

describe.each(CASES)('hosts of a pool in the %s (%s)', (where, kind) => {
  const onDemand = hostsOf(where, kind, PurchaseOption.onDemand());
  const spot = hostsOf(where, kind, PurchaseOption.spot());

  async function mayOn({ template }: typeof spot, action: string, on: string, cluster: string): Promise<boolean> {
    const resource = on === 'cluster' ? clusterArn(cluster) : on === 'instance' ? instanceArn(cluster) : '*';
    const context = on === 'instance' ? { 'ecs:cluster': clusterArn(cluster) } : undefined;
    return isAllowed(template, { role: 'PoolRole', action, resource, context });
  }

  test.each(CALLS)('may call %s on %s (%s)', async (action, on, purchase) => {
    expect(await mayOn(spot, action, on, spot.cluster)).toBe(true);
    expect(await mayOn(onDemand, action, on, onDemand.cluster)).toBe(purchase === 'any');
  });

  test.each(CALLS.filter(([, on]) => on !== 'all'))('may not call %s on another %s', async (action, on) => {
    expect(await mayOn(spot, action, on, 'other')).toBe(false);
  });

  test.each(OTHERS)('may not call %s', async (action, resource) => {
    expect(await isAllowed(spot.template, { role: 'PoolRole', action, resource })).toBe(false);
  });
});
