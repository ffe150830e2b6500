import { aws_autoscaling as autoscaling, aws_ec2 as ec2, Mixin, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { claimMarket, isLaunchTemplate } from './launch-template-market';
import { checked } from '../../rules/checked';
import { checkBlockTemplate } from '../../rules/placement-group-rules';
import { checkReservationId } from '../../rules/purchase-rules';
import { enforceAtSynth, enforceValue } from '../../rules/rule';
import { cfnResources } from '../cfn-resources';

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
 * You can apply it to any launch template, L1 or L2. The launch template must not also ask for Spot or for another capacity reservation,
 * and neither it nor its Auto Scaling group must have a placement group, because the instances of a block already are next to each other.
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
    enforceAtSynth(construct, () => checkBlockTemplate([...groupOfTemplate(construct), ...groupsOfHosts(construct)]));
  }
}

/** What sets the placement group in a launch template. */
function groupOfTemplate(template: ec2.CfnLaunchTemplate): string[] {
  const data: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty = Stack.of(template).resolve(template.launchTemplateData) ?? {};
  const placement = (data.placement ?? {}) as ec2.CfnLaunchTemplate.PlacementProperty;
  return placement.groupName === undefined && placement.groupId === undefined ? [] : ['its `placement`'];
}

/** The Auto Scaling groups that start instances from a launch template and have a placement group. */
function groupsOfHosts(template: ec2.CfnLaunchTemplate): string[] {
  const stack = Stack.of(template);
  const reference = (value: unknown) => JSON.stringify(stack.resolve(value));
  return cfnResources<autoscaling.CfnAutoScalingGroup>(stack, 'AWS::AutoScaling::AutoScalingGroup')
    .filter((group) => group.placementGroup !== undefined)
    .filter((group) => {
      const used = stack.resolve(group.launchTemplate) as autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty | undefined;
      return used !== undefined && [reference(used.launchTemplateId), reference(used.launchTemplateName)].includes(reference(template.ref));
    })
    .map((group) => `the Auto Scaling group ${group.node.path}`);
}
