import { Duration } from 'aws-cdk-lib';
import { CapacityBlockPurchase } from './capacity-block-purchase';
import { Purchase, SpotPurchase } from './purchase';
import { ReservationPurchase } from './reservation-purchase';
import { checked } from '../../rules/checked';
import { checkCapacityBlock, checkReservationGroup, checkReservationId } from '../../rules/purchase-rules';
import { enforceValue } from '../../rules/rule';

/** Options of `PurchaseOption.spot()`. */
export interface SpotPurchaseOptions {
  /**
   * The maximum price of an instance hour, in US dollars. AWS recommends leaving it out, because instances are interrupted more often with
   * it.
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
  /** Hosts start only in the reservation. When it is full, no more hosts start. */
  ONLY = 'ONLY',
  /** Hosts start in the reservation first. When it is full, more hosts start as On-Demand instances. */
  FIRST = 'FIRST',
}

/** Options of `PurchaseOption.capacityReservation()` and `PurchaseOption.capacityReservationGroup()`. */
export interface CapacityReservationOptions {
  /**
   * What happens when the reservation is full.
   *
   * @default CapacityReservationPreference.ONLY - nothing is bought outside the reservation
   */
  readonly preference?: CapacityReservationPreference;
}

/** A Capacity Block for ML that you have bought. */
export interface CapacityBlockProps {
  /**
   * The id of the block's capacity reservation, for example `cr-0123456789abcdef0`. Must have this form.
   */
  readonly capacityReservationId: string;

  /**
   * When the block begins. The pool starts all of its hosts then. Must be before `endsAt` minus `scaleInBefore`.
   *
   * @default - the block has begun, and hosts start with the deployment
   */
  readonly startsAt?: Date;

  /**
   * When the block ends. EC2 terminates the hosts 30 minutes earlier, and the pool stops them even before that, see `scaleInBefore`.
   */
  readonly endsAt: Date;

  /**
   * How long before `endsAt` the pool stops its hosts, so that ECS drains them. Must be more than 30 minutes. Tasks have only the time
   * beyond these 30 minutes to stop.
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
 *   instanceType: NeuronInstanceType.INF2_8_XLARGE,
 *   purchaseOption: PurchaseOption.spot(),
 * });
 */
@checked
export class PurchaseOption {
  /** Buys On-Demand instances. */
  public static onDemand(): PurchaseOption {
    return new PurchaseOption(new Purchase());
  }

  /** Buys Spot instances. EC2 announces the interruption of a host two minutes ahead, and ECS then drains it. */
  public static spot(options: SpotPurchaseOptions = {}): PurchaseOption {
    return new PurchaseOption(new SpotPurchase(options.maxPrice));
  }

  /**
   * Uses an On-Demand capacity reservation. The reservation must be for the instance type of the pool, and in one of the Availability Zones
   * of the pool.
   *
   * @param capacityReservationId the id of the reservation, for example `cr-0123456789abcdef0`. Must have this form.
   * @param options what happens when the reservation is full
   */
  public static capacityReservation(capacityReservationId: string, options: CapacityReservationOptions = {}): PurchaseOption {
    enforceValue('PurchaseOption.capacityReservation', checkReservationId(capacityReservationId));
    const fallsBack = options.preference === CapacityReservationPreference.FIRST;
    return new PurchaseOption(new ReservationPurchase({ id: capacityReservationId, fallsBack }));
  }

  /**
   * Uses a resource group of On-Demand capacity reservations, for example with one reservation in each Availability Zone.
   *
   * @param resourceGroupArn the ARN of the resource group, for example `arn:aws:resource-groups:us-east-1:111111111111:group/reserved`.
   *   Must have this form.
   * @param options what happens when the reservations are full
   */
  public static capacityReservationGroup(resourceGroupArn: string, options: CapacityReservationOptions = {}): PurchaseOption {
    enforceValue('PurchaseOption.capacityReservationGroup', checkReservationGroup(resourceGroupArn));
    const fallsBack = options.preference === CapacityReservationPreference.FIRST;
    return new PurchaseOption(new ReservationPurchase({ groupArn: resourceGroupArn, fallsBack }));
  }

  /**
   * Uses a Capacity Block for ML. The pool runs all hosts of the block, from its beginning until shortly before its end.
   *
   * The pool must be in the Availability Zone of the block, and in no other. Its `maxInstances` must be the number of instances in the
   * block. Its `minInstances`, `updatePolicy`, `targetCapacityPercent`, `instanceWarmup` and `maximumScalingStepSize` must be left out.
   *
   * @param block the block that you have bought
   */
  public static capacityBlock(block: CapacityBlockProps): PurchaseOption {
    const { capacityReservationId, startsAt, endsAt, scaleInBefore = Duration.minutes(40) } = block;
    const before = scaleInBefore.isUnresolved() ? undefined : scaleInBefore.toMilliseconds();
    enforceValue('PurchaseOption.capacityBlock', [
      ...checkReservationId(capacityReservationId),
      ...checkCapacityBlock({ startsAt, endsAt, scaleInBefore: before }),
    ]);
    const scaleInAt = new Date(endsAt.getTime() - scaleInBefore.toMilliseconds());
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
