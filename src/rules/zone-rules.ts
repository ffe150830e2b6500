import { Finding, Rule } from './rule';

const PLACEMENT = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html';

const oneZone = new Rule({
  id: 'one-zone',
  level: 'error',
  says: 'Hosts that need a single Availability Zone must be in subnets of only one.',
  source: PLACEMENT,
});

const oneZoneUnseen = new Rule({
  id: 'one-zone-unseen',
  level: 'warning',
  says: 'The app cannot see the Availability Zones of some subnets, so check them if hosts need a single zone and are in several such subnets.',
  source: PLACEMENT,
});

/** The facts about the placement of hosts that need a single Availability Zone. */
export interface OneZoneFacts {
  /** Why the hosts need a single zone: the prop in back-quotes, a colon, and the reason. */
  readonly because: string;
  readonly instanceType: string;
  /** The zones, each once. Undefined if they are not known at synth. */
  readonly zones?: string[];
}

/** Checks that hosts are in one Availability Zone. */
export function checkOneZone({ because, instanceType, zones }: OneZoneFacts): Finding[] {
  return [
    ...oneZone.when(
      (zones?.length ?? 0) > 1,
      () =>
        `The hosts are in ${zones?.length} Availability Zones, ${zones?.join(', ')}, but must be in one. ${because}. Choose \`vpcSubnets\` in one zone ` +
        `that offers ${instanceType}, for example { availabilityZones: [vpc.availabilityZones[0]] }.`,
    ),
    ...oneZoneUnseen.when(
      zones === undefined,
      () =>
        `The hosts are in several subnets whose Availability Zones are not known at synth, but must be in one. ${because}. Choose \`vpcSubnets\` ` +
        'with one subnet, or make sure that all are in one zone and acknowledge this warning.',
    ),
  ];
}
