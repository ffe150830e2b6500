import { aws_ecs as ecs, Lazy, Names, Resource, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { clusterIdentity } from './cluster-identity';
import { checkImportedCluster } from '../rules/cluster-rules';
import { enforceAtSynth } from '../rules/rule';

/** The `FargateCapacity` constructs of a stack whose cluster belongs to another stack or app. */
const FARGATE = new WeakMap<Stack, OnCluster[]>();

type OnCluster = IConstruct & { readonly cluster: ecs.ICluster };

/** Notes a `FargateCapacity` whose cluster belongs to another stack or app. */
export function noteForeignFargate(capacity: OnCluster): void {
  const stack = Stack.of(capacity);
  FARGATE.set(stack, [...(FARGATE.get(stack) ?? []), capacity]);
}

/**
 * The capacity providers of a cluster that another stack or app owns. The stack of the pools lists them, in one resource for all pools, also
 * if each pool imports the cluster by itself.
 *
 * If the stack of the cluster had the list, that stack and the stack of the pools would depend on each other.
 */
export class ForeignClusterAssociation extends Construct {
  public static of(pool: Construct, cluster: ecs.ICluster): ForeignClusterAssociation {
    const id = `CapacityProvidersOf${Names.nodeUniqueId(cluster.node)}`;
    return this.existing(pool, cluster) ?? new ForeignClusterAssociation(Stack.of(pool), id, cluster);
  }

  /** The list that the stack of a construct has for a cluster. */
  public static existing(scope: IConstruct, cluster: ecs.ICluster): ForeignClusterAssociation | undefined {
    const identity = clusterIdentity(cluster);
    return Stack.of(scope).node.children.find(
      (child): child is ForeignClusterAssociation =>
        child instanceof ForeignClusterAssociation && clusterIdentity(child.cluster) === identity,
    );
  }

  private readonly pools: { readonly path: string; readonly provider: string }[] = [];

  private constructor(
    scope: Construct,
    id: string,
    public readonly cluster: ecs.ICluster,
  ) {
    super(scope, id);
    // An L1, because the L2 can only list the capacity providers of a cluster in the cluster's own stack.
    new ecs.CfnClusterCapacityProviderAssociations(this, 'Resource', {
      cluster: cluster.clusterName,
      capacityProviders: Lazy.list({ produce: () => this.providers() }),
      defaultCapacityProviderStrategy: [],
    });
    enforceAtSynth(this, () => checkImportedCluster({ cluster: cluster.node.path, imported: !Resource.isOwnedResource(cluster) }));
  }

  public add(pool: IConstruct, provider: string): void {
    this.pools.push({ path: pool.node.path, provider });
  }

  /** What writes the list, for messages. */
  public get writer(): string {
    return this.pools.map(({ path }) => path).join(', ');
  }

  /** The list replaces the one that the cluster has, so it needs the Fargate providers too if this stack uses them. */
  private providers(): string[] {
    const identity = clusterIdentity(this.cluster);
    const used = (FARGATE.get(Stack.of(this)) ?? []).some(({ cluster }) => clusterIdentity(cluster) === identity);
    return [...(used ? ['FARGATE', 'FARGATE_SPOT'] : []), ...this.pools.map(({ provider }) => provider)];
  }
}
