import { aws_ec2 as ec2, CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkOneMarket } from '../../rules/purchase-rules';
import { enforceAtSynth } from '../../rules/rule';

const CLAIMS = new WeakMap<ec2.CfnLaunchTemplate, string[]>();

/** Whether a construct is an L1 launch template. Mixins on launch templates apply to it, also if it belongs to an L2. */
export function isLaunchTemplate(construct: IConstruct): construct is ec2.CfnLaunchTemplate {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::EC2::LaunchTemplate';
}

/**
 * Records how a mixin buys the instances of a launch template. At synth, it fails if the template or another mixin buys them in another
 * way.
 */
export function claimMarket(template: ec2.CfnLaunchTemplate, market: string): void {
  const claims = CLAIMS.get(template) ?? [];
  CLAIMS.set(template, claims);
  const earlier = [...claims];
  claims.push(market);
  enforceAtSynth(template, () => checkOneMarket(market, [...presentMarkets(template), ...earlier]));
}

/** The properties of a launch template, without the overrides of mixins, that say how its instances are bought. */
function presentMarkets(template: ec2.CfnLaunchTemplate): string[] {
  const data: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty = Stack.of(template).resolve(template.launchTemplateData) ?? {};
  return [
    ...(data.instanceMarketOptions === undefined ? [] : ['its `instanceMarketOptions`']),
    ...(data.capacityReservationSpecification === undefined ? [] : ['its `capacityReservationSpecification`']),
  ];
}
