import { Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { claimMarket, isLaunchTemplate } from './launch-template-market';
import { checked } from '../../rules/checked';
import { checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** Properties of `LaunchTemplateCapacityBlock`. */
export interface LaunchTemplateCapacityBlockProps {
  /**
   * The id of the block's capacity reservation, for example `cr-0123456789abcdef0`. Must have this form.
   */
  readonly capacityReservationId: string;
}

/**
 * Makes a launch template start instances in a Capacity Block for ML.
 *
 * You can apply it to any launch template, L1 or L2. The launch template must not also ask for Spot or for another capacity reservation.
 * Its Auto Scaling group must be in the zone of the block, must have no mixed instances policy and no warm pool, and must scale in more
 * than 30 minutes before the block ends. A pool with `PurchaseOption.capacityBlock` does all of this.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateCapacityBlock({ capacityReservationId: 'cr-0123456789abcdef0' }));
 */
@checked
export class LaunchTemplateCapacityBlock extends Mixin {
  constructor(private readonly props: LaunchTemplateCapacityBlockProps) {
    super();
    enforceValue('LaunchTemplateCapacityBlock', checkReservationId(props.capacityReservationId));
  }

  public supports(construct: IConstruct): boolean {
    return isLaunchTemplate(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (!isLaunchTemplate(construct)) return;
    claimMarket(construct, 'a Capacity Block');
    // By override, because the L2 lacks both properties and the data of an L1 may be a token.
    construct.addPropertyOverride('LaunchTemplateData.InstanceMarketOptions.MarketType', 'capacity-block');
    construct.addPropertyOverride(
      'LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId',
      this.props.capacityReservationId,
    );
  }
}
