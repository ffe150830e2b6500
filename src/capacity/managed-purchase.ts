import { aws_ecs as ecs } from 'aws-cdk-lib';
import { PurchaseOption } from './purchase-option';

/** A group of capacity reservations, and when it is used. */
export interface ManagedReservation {
  readonly reservationGroupArn: string;
  /** RESERVATIONS_ONLY, RESERVATIONS_FIRST or RESERVATIONS_EXCLUDED. */
  readonly preference: string;
}

/** How ECS buys the hosts of a Managed Instances capacity provider. */
export interface ManagedPurchase {
  readonly type: 'ON_DEMAND' | 'SPOT' | 'RESERVED';
  readonly spotMaxPrice?: number;
  readonly reservation?: ManagedReservation;
}

/** What a purchase option means on Managed Instances. */
export function managedPurchaseOf(option: PurchaseOption): ManagedPurchase {
  return option.interruptible ? { type: 'SPOT', spotMaxPrice: option._spotOptions?.maxPrice } : { type: 'ON_DEMAND' };
}

/** Lets ECS buy the hosts of a capacity provider so. By overrides, for the L2 knows no reservations. */
export function buyManaged(provider: ecs.CfnCapacityProvider, { type, reservation }: ManagedPurchase): void {
  const template = 'ManagedInstancesProvider.InstanceLaunchTemplate';
  provider.addPropertyOverride(`${template}.CapacityOptionType`, type);
  if (!reservation) return;
  provider.addPropertyOverride(`${template}.CapacityReservations`, {
    ReservationGroupArn: reservation.reservationGroupArn,
    ReservationPreference: reservation.preference,
  });
}
