import { Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { claimMarket, isLaunchTemplate } from './launch-template-market';
import { checkOneReservationTarget, checkReservationGroup, checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** Properties of `LaunchTemplateCapacityReservation`: one of the two, else it is an error. */
export interface LaunchTemplateCapacityReservationProps {
  /**
   * Id of an On-Demand capacity reservation, for example `cr-0123456789abcdef0`. Another form is an error.
   *
   * @default - `resourceGroupArn` is given
   */
  readonly capacityReservationId?: string;

  /**
   * ARN of a resource group of On-Demand capacity reservations. Another form is an error.
   *
   * @default - `capacityReservationId` is given
   */
  readonly resourceGroupArn?: string;
}

/**
 * Lets a launch template start instances in an On-Demand capacity reservation, and nowhere else.
 *
 * Works on a launch template that you already have, L1 or L2. One that asks for Spot, a Capacity Block or another reservation is an error. A
 * pool with `PurchaseOption.capacityReservation` says it on its Auto Scaling group instead, which can also fall back to On-Demand.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-capacityreservationtarget.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateCapacityReservation({ capacityReservationId: 'cr-0123456789abcdef0' }));
 */
export class LaunchTemplateCapacityReservation extends Mixin {
  constructor(private readonly props: LaunchTemplateCapacityReservationProps) {
    super();
    const { capacityReservationId, resourceGroupArn } = props;
    enforceValue('LaunchTemplateCapacityReservation', [
      ...checkOneReservationTarget(capacityReservationId, resourceGroupArn),
      ...(capacityReservationId === undefined ? [] : checkReservationId(capacityReservationId)),
      ...(resourceGroupArn === undefined ? [] : checkReservationGroup(resourceGroupArn)),
    ]);
  }

  public supports(construct: IConstruct): boolean {
    return isLaunchTemplate(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isLaunchTemplate(construct)) return;
    claimMarket(construct, 'a capacity reservation');
    const { capacityReservationId, resourceGroupArn } = this.props;
    // By override: the L2 lacks it, and the data of an L1 may be a token.
    construct.addPropertyOverride('LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget', {
      CapacityReservationId: capacityReservationId,
      CapacityReservationResourceGroupArn: resourceGroupArn,
    });
  }
}
