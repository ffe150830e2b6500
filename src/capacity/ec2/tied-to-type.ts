import { aws_autoscaling as autoscaling, aws_ecs as ecs, CfnElement, Names, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { known } from '../../rules/rule';
import { cfnResources } from '../cfn-resources';

/** What the logical ids of clusters that a pool created end with. */
const TYPES_OF_CLUSTERS = new WeakMap<ecs.ICluster, string>();

/**
 * Makes the logical ids of the resources of a pool depend on its instance type, so that another type replaces them: CloudFormation creates
 * the new ones first, moves services over, and deletes the old ones.
 *
 * If the type changed in place, hosts of the old type would stay in the group, count as its size, and meet no placement constraint.
 * A cluster that the pool created is replaced too, because a cluster cannot lose a capacity provider that is in use; whatever else is in
 * that cluster moves with it. The construct ids stay the same.
 */
export class TiedToType {
  /** What the logical ids end with. Empty if the type is not known at synth. */
  private readonly ending: string;

  constructor(
    private readonly pool: IConstruct,
    instanceType: string,
    cluster: ecs.ICluster,
    ownsCluster: boolean,
  ) {
    const type = known(instanceType)
      ? instanceType
          .split(/[^a-z0-9]+/i)
          .map(capitalized)
          .join('')
      : '';
    if (ownsCluster) {
      TYPES_OF_CLUSTERS.set(cluster, type);
      tie(cluster.node.defaultChild as ecs.CfnCluster, type);
    }
    this.ending = ownsCluster ? type : `${type}${TYPES_OF_CLUSTERS.get(cluster) ?? ''}`;
  }

  /**
   * The name of the capacity provider. Undefined for a name that CloudFormation generates.
   *
   * If a generated name is not valid, because the name of the stack begins with a word that ECS reserves, aws-cdk-lib uses the name of the
   * stack. Two pools would then have the same name, as would the old and the new capacity provider of a pool that is replaced.
   */
  public get providerName(): string | undefined {
    const { stackName } = Stack.of(this.pool);
    if (!known(stackName) || !/^(aws|ecs|fargate)/.test(stackName)) return undefined;
    return ['cp', Names.uniqueResourceName(this.pool, { maxLength: 150 }), this.ending].filter(Boolean).join('-');
  }

  /** Ties the Auto Scaling group and the capacity provider. */
  public tie(group: autoscaling.AutoScalingGroup, provider: ecs.AsgCapacityProvider): void {
    tie(group.node.defaultChild as autoscaling.CfnAutoScalingGroup, this.ending);
    for (const resource of cfnResources(provider, 'AWS::ECS::CapacityProvider')) tie(resource, this.ending);
  }
}

/** Renames a resource, so that `Stack.getLogicalId()` knows the new name and `overrideLogicalId()` of a user still applies. */
function tie(resource: CfnElement, ending: string): void {
  if (ending === '') return;
  const stack = Stack.of(resource);
  const logicalId = stack.getLogicalId(resource);
  stack.renameLogicalId(logicalId, `${logicalId}${ending}`);
  // Counts as the use of the new name, without which an override would make the stack fail.
  stack.getLogicalId(resource);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
