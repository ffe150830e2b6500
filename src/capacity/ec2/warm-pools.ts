import { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { WarmPoolFacts } from '../../rules/warm-pool-rules';
import { cfnResources, renderedProperties } from '../cfn-resources';
import { referencesIn } from '../references';

/** Adds a warm pool to a group. */
export function addWarmPool(group: autoscaling.AutoScalingGroup, options: autoscaling.WarmPoolOptions): void {
  const { minSize, maxGroupPreparedCapacity, ...others } = options;
  const warmPool = group.addWarmPool(others).node.defaultChild as autoscaling.CfnWarmPool;
  // On the L1, because the L2 takes the token of a parameter for a number below 0.
  warmPool.minSize = minSize;
  warmPool.maxGroupPreparedCapacity = maxGroupPreparedCapacity;
}

/** The warm pools of the group of a pool, in any part of the app. There are none before the group is made. */
export function warmPoolsOf(pool: IConstruct & { readonly autoScalingGroup?: autoscaling.AutoScalingGroup }): WarmPoolFacts[] {
  const group = pool.autoScalingGroup?.node.defaultChild;
  if (!group) return [];
  return cfnResources<autoscaling.CfnWarmPool>(pool.node.root, 'AWS::AutoScaling::WarmPool')
    .filter((one) => referencesIn(one, one.autoScalingGroupName).has(group))
    .map(renderedProperties)
    .map(({ PoolState: poolState, InstanceReusePolicy: policy }) => ({
      poolState,
      reuseOnScaleIn: (policy as { readonly ReuseOnScaleIn?: unknown } | undefined)?.ReuseOnScaleIn,
    }));
}
