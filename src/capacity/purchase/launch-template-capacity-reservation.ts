import { Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { claimMarket, isLaunchTemplate } from './launch-template-market';
import { checked } from '../../rules/checked';
import { checkOneReservationTarget, checkReservationGroup, checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** Properties of `LaunchTemplateCapacityReservation`. Give exactly one of `capacityReservationId` and `resourceGroupArn`. */
export interface LaunchTemplateCapacityReservationProps {
  /**
   * The id of an On-Demand capacity reservation, for example `cr-0123456789abcdef0`. Must have this form.
   *
   * @default - the reservations in `resourceGroupArn`
   */
  readonly capacityReservationId?: string;

  /**
   * The ARN of a resource group of On-Demand capacity reservations, for example
   * `arn:aws:resource-groups:us-east-1:111111111111:group/reserved`. Must have this form.
   *
   * @default - the reservation `capacityReservationId`
   */
  readonly resourceGroupArn?: string;
}

/**
 * Makes a launch template start instances only in an On-Demand capacity reservation.
 *
 * You can apply it to any launch template, L1 or L2. The launch template must not also ask for Spot, a Capacity Block or another
 * reservation. A pool with `PurchaseOption.capacityReservation` sets the reservation on its Auto Scaling group instead, which can also fall
 * back to On-Demand.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-capacityreservationtarget.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateCapacityReservation({ capacityReservationId: 'cr-0123456789abcdef0' }));
 */
@checked
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
    // By override, because the L2 lacks the property and the data of an L1 may be a token.
    construct.addPropertyOverride('LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget', {
      CapacityReservationId: capacityReservationId,
      CapacityReservationResourceGroupArn: resourceGroupArn,
    });
  }
}
