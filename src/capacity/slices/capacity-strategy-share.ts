/** The share of the tasks of each service that a pool of a strategy gets. */
export interface CapacityStrategyShare {
  /**
   * The number of tasks of each service that this pool gets before any other pool gets one. Must be a whole number from 0 to 100,000. Only
   * one pool can have a base of more than 0.
   *
   * @default - 0, except for the first pool if no pool has a base or a weight: the number of its slices
   */
  readonly base?: number;

  /**
   * The share of the tasks beyond the base that this pool gets, relative to the weights of the other pools. Must be a whole number from 0
   * to 1,000. At least one pool must have a weight of more than 0.
   *
   * @default - 0 for the pool that has the base, 1 for the others
   */
  readonly weight?: number;
}
