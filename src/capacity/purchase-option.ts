import { aws_ec2 as ec2 } from 'aws-cdk-lib';

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
    return new PurchaseOption(undefined);
  }

  /** Spot instances. ECS drains a host whose interruption is announced, two minutes ahead. */
  public static spot(options: SpotPurchaseOptions = {}): PurchaseOption {
    return new PurchaseOption({ requestType: ec2.SpotRequestType.ONE_TIME, maxPrice: options.maxPrice });
  }

  private constructor(
    /** @internal */
    readonly _spotOptions: ec2.LaunchTemplateSpotOptions | undefined,
  ) {}

  /** Whether the hosts can be interrupted. */
  public get interruptible(): boolean {
    return this._spotOptions !== undefined;
  }
}
