import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Lazy, Names, Resource, Stack } from 'aws-cdk-lib';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';
import { cfnResources } from './cfn-resources';
import { checkClusterAssociation } from '../rules/capacity-rules';
import { enforceAtSynth } from '../rules/rule';

/** The cluster of a capacity: the given one, or a new one in `vpc`. */
export function clusterFor(scope: Construct, { cluster, vpc }: { cluster?: ecs.ICluster; vpc?: ec2.IVpc }): ecs.ICluster {
  return cluster ?? new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
}

/** Joins a capacity provider and its hosts to a cluster: registers the provider, and tells the hosts which cluster is theirs. */
export function joinCluster(pool: Construct, cluster: ecs.ICluster, provider: ecs.AsgCapacityProvider): void {
  if (isOwn(pool, cluster)) {
    cluster.addAsgCapacityProvider(provider);
    return;
  }
  provider.autoScalingGroup.addUserData(`echo ECS_CLUSTER=${cluster.clusterName} >> /etc/ecs/ecs.config`);
  for (const statement of agentPermissions(cluster)) provider.autoScalingGroup.addToRolePolicy(statement);
  ForeignClusterAssociation.of(pool, cluster).providers.push(provider.capacityProviderName);
}

/**
 * Joins a Managed Instances capacity provider to a cluster. The provider names its cluster itself and is in no list, so any stack can own
 * it.
 */
export function joinManagedCluster(capacity: Construct, cluster: ecs.ICluster, provider: ecs.ManagedInstancesCapacityProvider): void {
  if (isOwn(capacity, cluster)) cluster.addManagedInstancesCapacityProvider(provider);
  else provider.bind(cluster);
}

/** Joins the Fargate capacity providers to a cluster of the same stack. Any other cluster must already have them. */
export function joinFargateCluster(capacity: Construct, cluster: ecs.ICluster): void {
  if (isOwn(capacity, cluster)) cluster.enableFargateCapacityProviders();
}

/** Whether this app writes a list of capacity providers for a cluster, in any of its stacks. */
export function listsProviders(cluster: ecs.ICluster): boolean {
  const own = ecs.Cluster.isCluster(cluster) && cluster.capacityProviderNames.length > 0;
  return own || cluster.node.root.node.findAll().some((found) => found instanceof ForeignClusterAssociation && found.cluster === cluster);
}

/**
 * The dependency of a service on the association of its cluster's capacity providers. With it, the service is created after the association
 * and deleted before it. aws-cdk-lib creates the association during synthesis, and makes no service depend on it.
 */
export function clusterAssociation(pool: IConstruct, cluster: ecs.ICluster): IDependable {
  const association: IDependable = {};
  Dependable.implement(association, {
    get dependencyRoots() {
      const scopes = [cluster, ...ForeignClusterAssociation.existing(pool, cluster)];
      return scopes.flatMap((scope) => cfnResources(scope, 'AWS::ECS::ClusterCapacityProviderAssociations'));
    },
  });
  return association;
}

function isOwn(pool: IConstruct, cluster: ecs.ICluster): cluster is ecs.Cluster {
  return ecs.Cluster.isCluster(cluster) && Stack.of(cluster) === Stack.of(pool);
}

/** The permissions of the ECS agent on a host. aws-cdk-lib gives the same to the hosts of a cluster in the same stack. */
function agentPermissions(cluster: ecs.ICluster): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['ecs:DeregisterContainerInstance', 'ecs:RegisterContainerInstance', 'ecs:Submit*'],
      resources: [cluster.clusterArn],
    }),
    new iam.PolicyStatement({
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
    new iam.PolicyStatement({
      actions: ['ecs:DiscoverPollEndpoint', 'ecr:GetAuthorizationToken', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['*'],
    }),
  ];
}

/**
 * The capacity providers of a cluster that another stack or app owns. The stack of the pools lists them, in one resource for all pools.
 *
 * If the stack of the cluster had the list, that stack and the stack of the pools would depend on each other.
 */
class ForeignClusterAssociation extends Construct {
  public static of(pool: Construct, cluster: ecs.ICluster): ForeignClusterAssociation {
    return this.existing(pool, cluster)[0] ?? new ForeignClusterAssociation(Stack.of(pool), this.idFor(cluster), cluster);
  }

  public static existing(pool: IConstruct, cluster: ecs.ICluster): ForeignClusterAssociation[] {
    const found = Stack.of(pool).node.tryFindChild(this.idFor(cluster));
    return found ? [found as ForeignClusterAssociation] : [];
  }

  private static idFor(cluster: ecs.ICluster): string {
    return `CapacityProvidersOf${Names.nodeUniqueId(cluster.node)}`;
  }

  public readonly providers: string[] = [];

  private constructor(
    scope: Construct,
    id: string,
    public readonly cluster: ecs.ICluster,
  ) {
    super(scope, id);
    // An L1, because the L2 can only list the capacity providers of a cluster in the cluster's own stack.
    new ecs.CfnClusterCapacityProviderAssociations(this, 'Resource', {
      cluster: cluster.clusterName,
      capacityProviders: Lazy.list({ produce: () => this.providers }),
      defaultCapacityProviderStrategy: [],
    });
    enforceAtSynth(this, () =>
      checkClusterAssociation({
        cluster: cluster.node.path,
        imported: !Resource.isOwnedResource(cluster),
        ownProviders: ecs.Cluster.isCluster(cluster) ? cluster.capacityProviderNames.length : 0,
      }),
    );
  }
}
