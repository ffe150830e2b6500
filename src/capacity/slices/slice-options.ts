import { Size } from 'aws-cdk-lib';

/** Options of pools whose hosts can be divided into equal slices. */
export interface EqualSlicesOptions {
  /**
   * The number of equal slices that each host is divided into. A task takes one slice. Must divide the chips of the instance type evenly,
   * or their cores if tasks share a chip. Tasks that share a chip cause a warning. On trn1.32xlarge, trn1n.32xlarge and the 48xlarge sizes of
   * Trainium2, a slice of several chips must be a set of connected ones, so the number must be 1, 2, 4 or 16, or more.
   *
   * @default 1 - a task has the whole host
   */
  readonly tasksPerInstance?: number;
}

/** Options of pools whose hosts keep some cpu and memory for agents and daemons, such as a monitoring agent. */
export interface HostReserveOptions {
  /**
   * The cpu units of each host that its slices or partitions leave for other tasks, such as those of daemon services. Must be a whole number
   * from 0 to what makes room for one more slice: ECS would place one more task on a host before its daemons are there.
   *
   * Tasks get their share of what is left. ECS does not enforce the reserve, so it only helps tasks that ask for at most that much.
   *
   * @default 0 - slices take all cpu units, and daemon services that ask for some are an error
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
   */
  readonly reservedCpu?: number;

  /**
   * The memory of each host that its slices or partitions leave for other tasks and for processes outside of containers. Must be whole MiB,
   * and leave at least 6 MiB to each slice.
   *
   * @default - none: slices take all memory that a host is certain to register with ECS
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
   */
  readonly reservedMemory?: Size;
}

/** Options of pools whose hosts can be divided into partitions of different sizes. */
export interface PartitionOptions {
  /**
   * The number of chips of each partition that hosts are divided into. Partitions take the chips in order: `[8, 4]` creates one partition
   * with chips 0 to 7 and one with chips 8 to 11. The remaining chips stay unused. A service or job takes a partition as its `capacity`,
   * for example `pool.partition(0)`, and runs at most one task of it on each host.
   *
   * Must have at least one entry, each a positive whole number, and together at most the chips of the instance type. Cannot be combined
   * with `tasksPerInstance`. On trn1.32xlarge, trn1n.32xlarge and the 48xlarge sizes of Trainium2, each must be 1, 4, 8 or 16 chips, and n
   * chips must begin at a multiple of n, for example `[8, 4, 4]`.
   *
   * @default - equal slices, see `tasksPerInstance`
   */
  readonly partitions?: number[];

  /**
   * The first of the UDP ports of a host that stand for the chips of `partitions`, one port per chip in order. Nothing listens on these
   * ports. ECS never places two tasks on one host if they take the same port. Choose other ports if your containers need these.
   *
   * Must be a whole number, 1024 or more. All ports must be below 32768, where ephemeral ports begin, and must not include 2375 and 2376,
   * which Docker uses. Can only be used with `partitions`.
   *
   * @default 29200
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
   */
  readonly firstReservedPort?: number;
}
