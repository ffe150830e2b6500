import { Duration } from 'aws-cdk-lib';
import { checked } from '../../rules/checked';
import { checkScaleInDelay } from '../../rules/managed-capacity-rules';
import { enforceValue } from '../../rules/rule';

/**
 * When ECS removes idle or underused Managed Instances.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InfrastructureOptimization.html
 *
 * @example
 * new NeuronManagedCapacity(this, 'Managed', {
 *   vpc,
 *   instanceTypes: [NeuronInstanceType.INF2_XLARGE],
 *   scaleIn: ManagedScaleIn.after(Duration.minutes(30)), // a host stays warm between bursts
 * });
 */
@checked
export class ManagedScaleIn {
  /**
   * Removes a host that has been idle or underused for some time.
   *
   * @param delay how long ECS waits before it removes the host. Must be from 0 to 3,600 seconds.
   */
  public static after(delay: Duration): ManagedScaleIn {
    enforceValue('ManagedScaleIn', checkScaleInDelay(delay));
    return new ManagedScaleIn(delay.toSeconds());
  }

  /** Never removes idle hosts. They stay, and are billed, until ECS replaces them or the capacity is deleted. */
  public static never(): ManagedScaleIn {
    return new ManagedScaleIn(-1);
  }

  private constructor(
    /** @internal */
    readonly _seconds: number,
  ) {}
}
