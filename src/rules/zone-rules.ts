import { Finding, Rule } from './rule';

const PLACEMENT = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html';

const oneZone = new Rule({
  id: 'one-zone',
  level: 'error',
  says: 'Hosts that have to be in one Availability Zone are placed in subnets of one only.',
  source: PLACEMENT,
});

const oneZoneUnseen = new Rule({
  id: 'one-zone-unseen',
  level: 'warning',
  says: 'Hosts that have to be in one Availability Zone are placed in several subnets whose zones the app can not see.',
  source: PLACEMENT,
});

/** Where hosts are placed that have to be in one zone. */
export interface OneZoneFacts {
  /** What asks for one zone, and why: the prop in back-quotes, and a reason that stands behind a colon. */
  readonly because: string;
  readonly instanceType: string;
  /** The zones, each once; undefined where that isn't known at synth. */
  readonly zones?: string[];
}

/** Checks that hosts are placed in one Availability Zone. */
export function checkOneZone({ because, instanceType, zones }: OneZoneFacts): Finding[] {
  return [
    ...oneZone.when(
      (zones?.length ?? 0) > 1,
      () =>
        `The hosts are in ${zones!.length} Availability Zones, ${zones!.join(', ')}, but have to be in one. ${because}. Give \`vpcSubnets\` in one ` +
        `that offers ${instanceType}, for example { availabilityZones: [vpc.availabilityZones[0]] }.`,
    ),
    ...oneZoneUnseen.when(
      zones === undefined,
      () =>
        `The hosts are in several subnets whose Availability Zones are not known at synth, but have to be in one. ${because}. ` +
        'Give `vpcSubnets` with one subnet, or make sure that all are in one zone, then acknowledge this.',
    ),
  ];
}
