import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';
import { agentPermissions, drainingPermission } from './agent-permissions';
import { ICapacity } from './capacity';
import { cfnResources } from './cfn-resources';
import { ForeignClusterAssociation, noteForeignFargate } from './foreign-cluster-association';
import { clusterProviders, providerLists } from './provider-lists';
import { checkClusterProviders, checkFargateProvider } from '../rules/cluster-rules';
import { enforceAtSynth } from '../rules/rule';

/** The cluster of a capacity: the given one, or a new one in `vpc`. */
export function clusterFor(scope: Construct, { cluster, vpc }: { cluster?: ecs.ICluster; vpc?: ec2.IVpc }): ecs.ICluster {
  return cluster ?? new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
}

/** Hosts that AWS may be able to reclaim. */
interface IInterruptible extends Construct {
  readonly interruptible: boolean;
}

/** Joins a capacity provider and its hosts to a cluster: registers the provider, and lets the agents of the hosts work. */
export function joinCluster(pool: IInterruptible, cluster: ecs.ICluster, provider: ecs.AsgCapacityProvider): void {
  checkOnce(pool, cluster);
  if (pool.interruptible) provider.autoScalingGroup.addToRolePolicy(drainingPermission(pool, cluster));
  if (isOwn(pool, cluster)) {
    cluster.addAsgCapacityProvider(provider);
    return;
  }
  for (const statement of agentPermissions(cluster)) provider.autoScalingGroup.addToRolePolicy(statement);
  ForeignClusterAssociation.of(pool, cluster).add(pool, provider.capacityProviderName);
}

/**
 * Joins a Managed Instances capacity provider to a cluster. The provider names its cluster itself and is in no list, so any stack can own
 * it.
 */
export function joinManagedCluster(capacity: Construct, cluster: ecs.ICluster, provider: ecs.ManagedInstancesCapacityProvider): void {
  checkOnce(capacity, cluster);
  if (isOwn(capacity, cluster)) cluster.addManagedInstancesCapacityProvider(provider);
  else provider.bind(cluster);
}

/**
 * Joins the Fargate capacity providers to a cluster of the same stack. Any other cluster must already have them, unless this stack writes its
 * list.
 */
export function joinFargateCluster(capacity: ICapacity): void {
  const { cluster, capacityProviderStrategies } = capacity;
  checkOnce(capacity, cluster);
  if (isOwn(capacity, cluster)) {
    cluster.enableFargateCapacityProviders();
    return;
  }
  noteForeignFargate(capacity);
  const [{ capacityProvider: provider }] = capacityProviderStrategies;
  enforceAtSynth(capacity, () => checkFargateProvider({ cluster: cluster.node.path, provider, lists: providerLists(cluster) }));
}

/** Whether this app writes a list of capacity providers for a cluster, in any of its stacks. */
export function listsProviders(cluster: ecs.ICluster): boolean {
  return providerLists(cluster).length > 0;
}

/**
 * The dependency of a service on the association of its cluster's capacity providers. With it, the service is created after the association
 * and deleted before it. aws-cdk-lib creates the association during synthesis, and makes no service depend on it.
 */
export function clusterAssociation(pool: IConstruct, cluster: ecs.ICluster): IDependable {
  const association: IDependable = {};
  Dependable.implement(association, {
    get dependencyRoots() {
      const foreign = ForeignClusterAssociation.existing(pool, cluster);
      return (foreign ? [cluster, foreign] : [cluster]).flatMap((scope) =>
        cfnResources(scope, 'AWS::ECS::ClusterCapacityProviderAssociations'),
      );
    },
  });
  return association;
}

const CHECKED = new WeakSet<ecs.ICluster>();

/** Checks the capacity providers of a cluster, in the name of the first capacity that joins it. */
function checkOnce(capacity: IConstruct, cluster: ecs.ICluster): void {
  if (CHECKED.has(cluster)) return;
  CHECKED.add(cluster);
  enforceAtSynth(capacity, () => checkClusterProviders(clusterProviders(cluster)));
}

function isOwn(pool: IConstruct, cluster: ecs.ICluster): cluster is ecs.Cluster {
  return ecs.Cluster.isCluster(cluster) && Stack.of(cluster) === Stack.of(pool);
}
