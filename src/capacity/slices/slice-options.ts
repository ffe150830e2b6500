/** Options of pools whose hosts can be divided into equal slices. */
export interface EqualSlicesOptions {
  /**
   * Equal slices that each host is divided into; a task takes one. It must divide the chips of the instance type evenly, else it is an
   * error; more than the chips, so that tasks share a chip by its cores, is a warning.
   *
   * @default 1 - a task has the whole host
   */
  readonly tasksPerInstance?: number;
}

/** Options of pools whose hosts can be divided unequally. */
export interface PartitionOptions {
  /**
   * Chips of each partition that hosts are divided into, in order: `[8, 4]` makes one of chips 0 to 7, and one of chips 8 to 11. A service
   * or job takes a partition, `capacity: pool.partition(0)`, and runs at most one task of it on each host. Chips that are left over stay
   * unused.
   *
   * At least one, each a positive whole number, together at most the chips of the instance type, else it is an error. An error together with
   * `tasksPerInstance`.
   *
   * @default - equal slices, see `tasksPerInstance`
   */
  readonly partitions?: number[];

  /**
   * The first of the ports of a host, udp, that stand for the chips of `partitions`: one for each chip, in order. Nothing listens there;
   * ECS places no two tasks that ask for the same port on one host. Move them where your containers need these ports.
   *
   * A whole number of at least 1024, so that all ports are below 32768, where ephemeral ports begin, and none is Docker's 2375 or 2376, else
   * it is an error. An error without `partitions`.
   *
   * @default 29200
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
   */
  readonly firstReservedPort?: number;
}
