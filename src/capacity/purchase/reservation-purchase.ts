import { aws_autoscaling as autoscaling, aws_ecs as ecs } from 'aws-cdk-lib';
import { Purchase } from './purchase';
import { checkManagedPurchase } from '../../rules/managed-capacity-rules';
import { Finding } from '../../rules/rule';

/** An On-Demand capacity reservation, or a resource group of reservations. */
export interface ReservationToUse {
  readonly id?: string;
  readonly groupArn?: string;
  /** Whether hosts beyond the reservation are On-Demand instances. */
  readonly fallsBack: boolean;
}

/** Hosts in an On-Demand capacity reservation. */
export class ReservationPurchase extends Purchase {
  // EC2 starts hosts in the reservation only if they are in the placement group that the reservation was made in, or in none.
  public readonly reserved = true;
  protected readonly managedOptionType = 'RESERVED';

  constructor(private readonly reservation: ReservationToUse) {
    super();
  }

  public prepareGroup(group: autoscaling.AutoScalingGroup): void {
    const { id, groupArn, fallsBack } = this.reservation;
    // By override, because the L2 lacks the property. On the group, because the launch template allows no fallback from a full reservation.
    (group.node.defaultChild as autoscaling.CfnAutoScalingGroup).addPropertyOverride('CapacityReservationSpecification', {
      CapacityReservationPreference: fallsBack ? 'capacity-reservations-first' : 'capacity-reservations-only',
      CapacityReservationTarget: {
        CapacityReservationIds: id === undefined ? undefined : [id],
        CapacityReservationResourceGroupArns: groupArn === undefined ? undefined : [groupArn],
      },
    });
  }

  public checkManaged(): Finding[] {
    return checkManagedPurchase({ reservationId: this.reservation.id });
  }

  public prepareManaged(provider: ecs.CfnCapacityProvider): void {
    super.prepareManaged(provider);
    provider.addPropertyOverride('ManagedInstancesProvider.InstanceLaunchTemplate.CapacityReservations', {
      ReservationGroupArn: this.reservation.groupArn,
      ReservationPreference: this.reservation.fallsBack ? 'RESERVATIONS_FIRST' : 'RESERVATIONS_ONLY',
    });
  }
}
