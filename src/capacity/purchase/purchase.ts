import { aws_autoscaling as autoscaling, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { LaunchTemplateCapacityBlock } from './launch-template-capacity-block';
import { CapacityReservationPreference, PurchaseOption } from './purchase-option';
import { checkBlockOptions, checkBlockSold } from '../../rules/purchase-rules';
import { Finding } from '../../rules/rule';
import { Ec2PoolProps } from '../ec2/ec2-capacity-options';

/** An On-Demand capacity reservation, or a group of them, as a pool uses it. */
export interface ReservationToUse {
  readonly id?: string;
  readonly groupArn?: string;
  readonly preference: CapacityReservationPreference;
}

/** A Capacity Block as a pool uses it. */
export interface BlockToUse {
  readonly id: string;
  /** When hosts start; undefined when they start with the deployment. */
  readonly scaleOutAt?: Date;
  readonly scaleInAt: Date;
}

/** The sizes that the Auto Scaling group of a pool is made with. */
export interface GroupSize {
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** Checks the options of a pool against how its hosts are bought. */
export function checkPurchase(props: Ec2PoolProps, region: string): Finding[] {
  if (!props.purchaseOption?._block) return [];
  const { minInstances, maxInstances, updatePolicy, targetCapacityPercent, instanceWarmup, maximumScalingStepSize } = props;
  return [
    ...checkBlockOptions(maxInstances, { minInstances, updatePolicy, targetCapacityPercent, instanceWarmup, maximumScalingStepSize }),
    ...(props.hostFacts ? checkBlockSold(props.hostFacts, region) : []),
  ];
}

/** The sizes of the group: what the pool asks for, save in a Capacity Block, which has no host before it begins and then all of them. */
export function groupSize(purchaseOption: PurchaseOption, asked: GroupSize): GroupSize {
  const block = purchaseOption._block;
  if (!block) return asked;
  const hosts = block.scaleOutAt ? 0 : asked.maxCapacity;
  return { minCapacity: hosts, maxCapacity: hosts };
}

/** What the launch template has to say of how hosts are bought, beside Spot, which the L2 knows. */
export function buyByLaunchTemplate(purchaseOption: PurchaseOption, launchTemplate: ec2.LaunchTemplate): void {
  const block = purchaseOption._block;
  if (block) launchTemplate.with(new LaunchTemplateCapacityBlock({ capacityReservationId: block.id }));
}

/** What the Auto Scaling group has to say of how hosts are bought. `hosts` is how many a Capacity Block has. */
export function buyByGroup(purchaseOption: PurchaseOption, group: autoscaling.AutoScalingGroup, hosts: number): void {
  const { _reservation: reservation, _block: block } = purchaseOption;
  if (reservation) useReservation(group, reservation);
  if (!block) return;
  if (block.scaleOutAt) scaleAt(group, 'BlockBegins', block.scaleOutAt, hosts);
  scaleAt(group, 'BlockEnds', block.scaleInAt, 0);
}

function useReservation(group: autoscaling.AutoScalingGroup, { id, groupArn, preference }: ReservationToUse): void {
  const first = preference === CapacityReservationPreference.FIRST;
  // By override, for the L2 lacks it. On the group and not in the launch template, where a target that is full can't fall back.
  (group.node.defaultChild as autoscaling.CfnAutoScalingGroup).addPropertyOverride('CapacityReservationSpecification', {
    CapacityReservationPreference: first ? 'capacity-reservations-first' : 'capacity-reservations-only',
    CapacityReservationTarget: {
      CapacityReservationIds: id === undefined ? undefined : [id],
      CapacityReservationResourceGroupArns: groupArn === undefined ? undefined : [groupArn],
    },
  });
}

function scaleAt(group: autoscaling.AutoScalingGroup, id: string, at: Date, hosts: number): void {
  // An L1, for `scaleOnSchedule` of the L2 wants a recurrence.
  new autoscaling.CfnScheduledAction(group, id, {
    autoScalingGroupName: group.autoScalingGroupName,
    startTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    minSize: hosts,
    maxSize: hosts,
    desiredCapacity: hosts,
  });
}
