import { AutoScalingGroup, LaunchTemplateData, ScheduledAction } from './pool-resources';

interface Reservation {
  readonly CapacityReservationPreference?: unknown;
  readonly CapacityReservationTarget?: {
    readonly CapacityReservationId?: unknown;
    readonly CapacityReservationIds?: unknown[];
    readonly CapacityReservationResourceGroupArn?: unknown;
    readonly CapacityReservationResourceGroupArns?: unknown[];
  };
}

/** How the hosts of a pool are bought. */
export function purchaseOf(template: LaunchTemplateData, group: AutoScalingGroup, scheduled: ScheduledAction[]): string {
  const marketType = template.InstanceMarketOptions?.MarketType ?? 'on-demand';
  const reservation = (group.CapacityReservationSpecification ?? template.CapacityReservationSpecification) as Reservation | undefined;
  if (marketType === 'spot') return 'Spot';
  if (marketType === 'capacity-block') return `Capacity Block${idOf(reservation)}${periodOf(scheduled)}`;
  if (marketType !== 'on-demand') return String(marketType);
  const preference = String(reservation?.CapacityReservationPreference ?? 'open');
  if (!reservation?.CapacityReservationTarget && !/only|first/.test(preference)) return 'On-Demand';
  return `capacity reservation${idOf(reservation)}${/first/.test(preference) ? ', and On-Demand when it is full' : ''}`;
}

function idOf(reservation: Reservation | undefined): string {
  const target = reservation?.CapacityReservationTarget ?? {};
  const id = target.CapacityReservationId ?? target.CapacityReservationIds?.[0];
  const group = target.CapacityReservationResourceGroupArn ?? target.CapacityReservationResourceGroupArns?.[0];
  if (typeof id === 'string') return ` ${id}`;
  return typeof group === 'string' ? ` in group ${group.split('/').pop()}` : '';
}

/** The period in which there are hosts, if scheduled actions define it. */
function periodOf(scheduled: ScheduledAction[]): string {
  const times = (withHosts: boolean) =>
    scheduled.filter(({ MaxSize }) => MaxSize !== undefined && Number(MaxSize) > 0 === withHosts).map(({ StartTime }) => timeOf(StartTime));
  const [begins] = times(true);
  const [ends] = times(false);
  if (!ends) return begins ? `: hosts from ${begins} UTC` : '';
  return begins ? `: hosts ${begins} to ${ends} UTC` : `: hosts until ${ends} UTC`;
}

function timeOf(time: unknown): string | undefined {
  return typeof time === 'string' ? time.replace('T', ' ').replace(/:00(\.0+)?Z$/, '') : undefined;
}
