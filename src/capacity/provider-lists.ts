import { aws_ecs as ecs, Resource, Stack } from 'aws-cdk-lib';
import { cfnResources } from './cfn-resources';
import { clusterIdentity, nameIdentity } from './cluster-identity';
import { ForeignClusterAssociation } from './foreign-cluster-association';
import { ClusterProviders, ProviderList } from '../rules/cluster-rules';

const ASSOCIATION = 'AWS::ECS::ClusterCapacityProviderAssociations';

/**
 * The lists of capacity providers that this app writes for a cluster, in any of its stacks. Call it when the construct tree is complete:
 * aws-cdk-lib creates its own list during synthesis.
 */
export function providerLists(cluster: ecs.ICluster): ProviderList[] {
  return listsOf(cluster).map((list) => {
    const providers: unknown = Stack.of(list).resolve(list.capacityProviders);
    return { ...writerOf(list, cluster), providers: Array.isArray(providers) ? providers : undefined };
  });
}

/** The facts about the capacity providers of a cluster. Call it when the construct tree is complete. */
export function clusterProviders(cluster: ecs.ICluster): ClusterProviders {
  const identity = clusterIdentity(cluster);
  const managed = cfnResources<ecs.CfnCapacityProvider>(cluster.node.root, 'AWS::ECS::CapacityProvider').filter(
    (provider) => provider.clusterName !== undefined && nameIdentity(provider, provider.clusterName) === identity,
  );
  return { cluster: cluster.node.path, lists: providerLists(cluster), managed: managed.length };
}

type ListResource = ecs.CfnClusterCapacityProviderAssociations | ecs.CfnCluster;

/** The resources that list capacity providers of a cluster. An L1 cluster can have a list itself. */
export function listsOf(cluster: ecs.ICluster): ListResource[] {
  const { root } = cluster.node;
  const identity = clusterIdentity(cluster);
  return [
    ...cfnResources<ecs.CfnClusterCapacityProviderAssociations>(root, ASSOCIATION).filter(
      (list) => nameIdentity(list, list.cluster) === identity,
    ),
    ...cfnResources<ecs.CfnCluster>(root, 'AWS::ECS::Cluster').filter(
      (list) => (list.capacityProviders ?? []).length > 0 && nameIdentity(list, list.ref) === identity,
    ),
  ];
}

/** What writes a list, by the construct that the user knows. */
function writerOf(list: ListResource, cluster: ecs.ICluster): Pick<ProviderList, 'writer' | 'own'> {
  const parent = list.node.scope;
  const own = Resource.isOwnedResource(cluster) && Stack.of(list) === Stack.of(cluster);
  if (parent instanceof ForeignClusterAssociation) return { writer: parent.writer, own };
  return { writer: ecs.Cluster.isCluster(parent) ? parent.node.path : list.node.path, own };
}
