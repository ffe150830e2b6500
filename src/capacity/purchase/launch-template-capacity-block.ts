import { Mixin } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { claimMarket, isLaunchTemplate } from './launch-template-market';
import { checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** Properties of `LaunchTemplateCapacityBlock`. */
export interface LaunchTemplateCapacityBlockProps {
  /**
   * Id of the block's capacity reservation, for example `cr-0123456789abcdef0`. Another form is an error.
   */
  readonly capacityReservationId: string;
}

/**
 * Lets a launch template start instances in a Capacity Block for ML.
 *
 * Works on a launch template that you already have, L1 or L2. One that asks for Spot, or for a capacity reservation, is an error. Its Auto
 * Scaling group must be in the zone of the block, without a mixed instances policy or warm pool, and scale in more than 30 minutes before
 * the block ends; a pool with `PurchaseOption.capacityBlock` does all that.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html
 *
 * @example
 * launchTemplate.with(new LaunchTemplateCapacityBlock({ capacityReservationId: 'cr-0123456789abcdef0' }));
 */
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
    // By override: the L2 has neither property, and the data of an L1 may be a token.
    construct.addPropertyOverride('LaunchTemplateData.InstanceMarketOptions.MarketType', 'capacity-block');
    construct.addPropertyOverride(
      'LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId',
      this.props.capacityReservationId,
    );
  }
}
