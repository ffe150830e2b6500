/** How many tasks of a service a pool in a strategy gets. */
export interface CapacityStrategyShare {
  /**
   * How many tasks of each service go to this pool before any goes to another. A whole number from 0 to 100,000, and for one pool only, else
   * it is an error.
   *
   * @default - all slices of the pool for the first one, where no pool has a base or a weight; else 0
   */
  readonly base?: number;

  /**
   * The share of this pool in the tasks beyond the base, beside the weights of the others. A whole number from 0 to 1,000, else it is an
   * error, and so is 0 for all pools.
   *
   * @default - 0 for the pool that has the base, 1 for the others
   */
  readonly weight?: number;
}
