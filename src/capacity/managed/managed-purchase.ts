import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkManagedPurchase } from '../../rules/managed-capacity-rules';
import { Finding } from '../../rules/rule';
import { CapacityReservationPreference, PurchaseOption } from '../purchase/purchase-option';

/** What ECS calls the way in which it buys the hosts of a Managed Instances capacity provider. */
function managedOptionType(option: PurchaseOption): 'ON_DEMAND' | 'SPOT' | 'RESERVED' {
  if (option._reservation) return 'RESERVED';
  return option.interruptible ? 'SPOT' : 'ON_DEMAND';
}

/** Checks that Managed Instances can be bought so. */
export function checkPurchaseOption(option: PurchaseOption): Finding[] {
  return checkManagedPurchase({
    spotMaxPrice: option._spotOptions?.maxPrice,
    reservationId: option._reservation?.id,
    blockId: option._block?.id,
  });
}

/** Lets ECS buy the hosts of a capacity provider so. By overrides, for the L2 knows no reservations. */
export function buyManaged(provider: ecs.CfnCapacityProvider, option: PurchaseOption): void {
  const template = 'ManagedInstancesProvider.InstanceLaunchTemplate';
  provider.addPropertyOverride(`${template}.CapacityOptionType`, managedOptionType(option));
  const reservation = option._reservation;
  if (!reservation) return;
  const first = reservation.preference === CapacityReservationPreference.FIRST;
  provider.addPropertyOverride(`${template}.CapacityReservations`, {
    ReservationGroupArn: reservation.groupArn,
    ReservationPreference: first ? 'RESERVATIONS_FIRST' : 'RESERVATIONS_ONLY',
  });
}
