import { Finding, Rule } from './rule';

const subnetsMatch = new Rule({
  id: 'subnets-match',
  level: 'error',
  says: 'A selection of subnets must match at least one subnet of the VPC.',
  source: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.SubnetSelection.html',
});

/** The facts about a selection of subnets that matches none. */
export interface SubnetFacts {
  /** The prop that has the selection. */
  readonly prop: string;
  /** The selection, in words. */
  readonly selection: string;
  /** Whether the selection names Availability Zones. */
  readonly byZone: boolean;
  readonly vpc: string;
  /** The subnets of the VPC, in words. */
  readonly present: string[];
  /** Whether the zones of the subnets are not known at synth, because the stack has no environment. */
  readonly zonesUnknown: boolean;
}

/** Reports a selection of subnets that matches none. */
export function checkSubnetsMatch({ prop, selection, byZone, vpc, present, zonesUnknown }: SubnetFacts): Finding[] {
  const has = present.length > 0 ? `It has ${present.join('; ')}.` : 'This app knows no subnets of it.';
  const zones =
    'The stack of the VPC has no environment, so the names of its zones are not known at synth. Set `env` of the stack, or choose zones by ' +
    'their place in the VPC: { availabilityZones: [vpc.availabilityZones[0]] }.';
  return subnetsMatch.when(
    true,
    () => `\`${prop}\` ${selection} matches no subnet of ${vpc}. ${has} ${byZone && zonesUnknown ? zones : 'Choose among them.'}`,
  );
}
