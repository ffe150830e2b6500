import { aws_autoscaling as autoscaling, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { LaunchTemplateCapacityBlock } from './launch-template-capacity-block';
import { GroupSize, PoolToBuy, Purchase } from './purchase';
import { checkManagedPurchase } from '../../rules/managed-capacity-rules';
import { checkBlockPool } from '../../rules/placement-group-rules';
import { checkBlockOptions, checkBlockSold } from '../../rules/purchase-rules';
import { Finding } from '../../rules/rule';
import { HostTimes } from '../host-times';

/** A Capacity Block that a pool uses. */
export interface BlockToUse {
  readonly id: string;
  /** When hosts start. Undefined if they start with the deployment. */
  readonly scaleOutAt?: Date;
  readonly scaleInAt: Date;
}

/**
 * Hosts in a Capacity Block. There are none before the block begins, and then all of them.
 *
 * @see docs/decisions/0006-capacity-blocks.md
 */
export class CapacityBlockPurchase extends Purchase {
  public readonly reserved = true;
  public readonly oneZoneBecause = '`purchaseOption`: a Capacity Block is in a single zone';
  public readonly noWarmPoolBecause = 'a Capacity Block, because the pool runs all hosts of the block';

  constructor(private readonly block: BlockToUse) {
    super();
  }

  public checkPool(pool: PoolToBuy, region: string): Finding[] {
    const { minInstances, maxInstances, updatePolicy, targetCapacityPercent, instanceWarmup, maximumScalingStepSize, hostFacts } = pool;
    const enableManagedTerminationProtection = pool.enableManagedTerminationProtection || undefined;
    return [
      ...checkBlockOptions(maxInstances, {
        minInstances,
        updatePolicy,
        targetCapacityPercent,
        instanceWarmup,
        maximumScalingStepSize,
        enableManagedTerminationProtection,
      }),
      ...checkBlockPool(pool.placementGroup !== undefined),
      ...(hostFacts ? checkBlockSold(hostFacts, region) : []),
    ];
  }

  // The Regions that sell a type in Capacity Blocks differ from those that offer it On-Demand.
  public regionsOf(): undefined {
    return undefined;
  }

  public groupSize({ maxCapacity }: GroupSize): GroupSize {
    const hosts = this.block.scaleOutAt ? 0 : maxCapacity;
    return { minCapacity: hosts, maxCapacity: hosts };
  }

  public prepareLaunchTemplate(launchTemplate: ec2.LaunchTemplate): void {
    launchTemplate.with(new LaunchTemplateCapacityBlock({ capacityReservationId: this.block.id }));
  }

  public prepareGroup(group: autoscaling.AutoScalingGroup, hosts: number): void {
    const { scaleOutAt, scaleInAt } = this.block;
    if (scaleOutAt) scaleAt(group, 'BlockBegins', scaleOutAt, hosts);
    scaleAt(group, 'BlockEnds', scaleInAt, 0);
  }

  // The group has all hosts of the block until its end, so it does not scale in before.
  public hostTimes(): HostTimes {
    return { starts: this.block.scaleOutAt, ends: this.block.scaleInAt };
  }

  public checkManaged(): Finding[] {
    return checkManagedPurchase({ blockId: this.block.id });
  }
}

function scaleAt(group: autoscaling.AutoScalingGroup, id: string, at: Date, hosts: number): void {
  // An L1, because `scaleOnSchedule` of the L2 requires a recurrence.
  new autoscaling.CfnScheduledAction(group, id, {
    autoScalingGroupName: group.autoScalingGroupName,
    startTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    minSize: hosts,
    maxSize: hosts,
    desiredCapacity: hosts,
  });
}
