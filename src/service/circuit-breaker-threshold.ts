import { checked } from '../rules/checked';

/** Options of a `CircuitBreakerThreshold`. */
export interface CircuitBreakerThresholdOptions {
  /**
   * Whether the count of failed tasks starts again when a task becomes healthy. If not, all failed tasks of a deployment count.
   *
   * @default true
   */
  readonly resetOnHealthyTask?: boolean;
}

/**
 * How many tasks of a deployment may fail before the circuit breaker fails the deployment.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html
 */
@checked
export class CircuitBreakerThreshold {
  /**
   * A number of tasks, whatever the desired count.
   *
   * @param tasks the number of failed tasks with which the deployment fails. Must be a whole number, 1 or more.
   */
  public static count(tasks: number, options: CircuitBreakerThresholdOptions = {}): CircuitBreakerThreshold {
    return new CircuitBreakerThreshold('COUNT', tasks, options);
  }

  /**
   * A percentage of the desired count, within the limits that ECS sets: at least 3 and at most 200 tasks. `boundedPercent(50)` is the default
   * of ECS.
   *
   * @param percent the percentage. Must be a whole number from 1 to 100.
   */
  public static boundedPercent(percent: number, options: CircuitBreakerThresholdOptions = {}): CircuitBreakerThreshold {
    return new CircuitBreakerThreshold('BOUNDED_PERCENT', percent, options);
  }

  /**
   * A percentage of the desired count, without limits.
   *
   * @param percent the percentage. Must be a whole number, 1 or more.
   */
  public static unboundedPercent(percent: number, options: CircuitBreakerThresholdOptions = {}): CircuitBreakerThreshold {
    return new CircuitBreakerThreshold('UNBOUNDED_PERCENT', percent, options);
  }

  private constructor(
    /** @internal */
    public readonly _type: string,
    /** @internal */
    public readonly _value: number,
    /** @internal */
    public readonly _options: CircuitBreakerThresholdOptions,
  ) {}
}
