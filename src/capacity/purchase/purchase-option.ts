import { Duration } from 'aws-cdk-lib';
import { CapacityBlockPurchase } from './capacity-block-purchase';
import { Purchase, SpotPurchase } from './purchase';
import { ReservationPurchase } from './reservation-purchase';
import { checkCapacityBlock, checkReservationGroup, checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** How to buy Spot capacity. */
export interface SpotPurchaseOptions {
  /**
   * The most to pay for an instance hour, in US dollars. AWS advises against setting it: instances are interrupted more often.
   *
   * @default - the On-Demand price
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances.html
   */
  readonly maxPrice?: number;
}

/**
 * What happens when a capacity reservation is full.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/target-capacity-reservations.html
 */
export enum CapacityReservationPreference {
  /** Hosts start in the reservation only; when it is full, none does. */
  ONLY = 'ONLY',
  /** Hosts start in the reservation first; when it is full, further ones are ordinary On-Demand instances. */
  FIRST = 'FIRST',
}

/** How to use a capacity reservation. */
export interface CapacityReservationOptions {
  /**
   * What happens when the reservation is full.
   *
   * @default CapacityReservationPreference.ONLY - nothing is bought beside the reservation
   */
  readonly preference?: CapacityReservationPreference;
}

/** A Capacity Block for ML that was bought. */
export interface CapacityBlockProps {
  /**
   * Id of the block's capacity reservation, for example `cr-0123456789abcdef0`. Another form is an error.
   */
  readonly capacityReservationId: string;

  /**
   * When the block begins: the pool starts all of its hosts then. At least 30 minutes before `endsAt`, else it is an error.
   *
   * @default - it has begun: hosts start with the deployment
   */
  readonly startsAt?: Date;

  /**
   * When the block ends. EC2 terminates hosts half an hour earlier; the pool stops them before that, see `scaleInBefore`.
   */
  readonly endsAt: Date;

  /**
   * How long before `endsAt` the pool stops its hosts, so that ECS drains them. More than 30 minutes, else it is an error; what is more
   * than that, tasks have to end.
   *
   * @default Duration.minutes(40)
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html
   */
  readonly scaleInBefore?: Duration;
}

/**
 * How the hosts of a pool are bought.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-purchasing-options.html
 *
 * @example
 * new NeuronCapacity(this, 'Pool', {
 *   vpc,
 *   instanceType: NeuronInstanceType.INF2_8XLARGE,
 *   purchaseOption: PurchaseOption.spot(),
 * });
 */
export class PurchaseOption {
  /** On-Demand instances. */
  public static onDemand(): PurchaseOption {
    return new PurchaseOption(new Purchase());
  }

  /** Spot instances. ECS drains a host whose interruption is announced, two minutes ahead. */
  public static spot(options: SpotPurchaseOptions = {}): PurchaseOption {
    return new PurchaseOption(new SpotPurchase(options.maxPrice));
  }

  /**
   * An On-Demand capacity reservation. It must have the instance type of the pool, and be in one of its zones.
   *
   * @param capacityReservationId its id, for example `cr-0123456789abcdef0`; another form is an error
   * @param options what happens when it is full
   */
  public static capacityReservation(capacityReservationId: string, options: CapacityReservationOptions = {}): PurchaseOption {
    enforceValue('PurchaseOption.capacityReservation', checkReservationId(capacityReservationId));
    const fallsBack = options.preference === CapacityReservationPreference.FIRST;
    return new PurchaseOption(new ReservationPurchase({ id: capacityReservationId, fallsBack }));
  }

  /**
   * A resource group of On-Demand capacity reservations, for example one for each zone.
   *
   * @param resourceGroupArn ARN of the resource group; another form is an error
   * @param options what happens when they are full
   */
  public static capacityReservationGroup(resourceGroupArn: string, options: CapacityReservationOptions = {}): PurchaseOption {
    enforceValue('PurchaseOption.capacityReservationGroup', checkReservationGroup(resourceGroupArn));
    const fallsBack = options.preference === CapacityReservationPreference.FIRST;
    return new PurchaseOption(new ReservationPurchase({ groupArn: resourceGroupArn, fallsBack }));
  }

  /**
   * A Capacity Block for ML: as many hosts as it holds, from its beginning until shortly before its end.
   *
   * The pool is in one Availability Zone, that of the block, and has as many `maxInstances` as the block; both are errors otherwise.
   *
   * @param block the block that was bought
   */
  public static capacityBlock(block: CapacityBlockProps): PurchaseOption {
    const { capacityReservationId, startsAt, endsAt, scaleInBefore = Duration.minutes(40) } = block;
    const before = scaleInBefore.isUnresolved() ? undefined : scaleInBefore.toMilliseconds();
    enforceValue('PurchaseOption.capacityBlock', [
      ...checkReservationId(capacityReservationId),
      ...checkCapacityBlock({ startsAt, endsAt, scaleInBefore: before }),
    ]);
    const scaleInAt = new Date(endsAt.getTime() - before!);
    return new PurchaseOption(new CapacityBlockPurchase({ id: capacityReservationId, scaleOutAt: startsAt, scaleInAt }));
  }

  private constructor(
    /** @internal */
    public readonly _purchase: Purchase,
  ) {}

  /** Whether the hosts can be interrupted. */
  public get interruptible(): boolean {
    return this._purchase.interruptible;
  }
}
