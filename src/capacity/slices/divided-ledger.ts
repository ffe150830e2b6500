import { aws_ecs as ecs } from 'aws-cdk-lib';
import { known } from '../../rules/rule';
import { ISlicedCapacity } from '../capacity';
import { RoomOptions, sumOf, TaskConsumer, TaskLedger, TaskRoom } from '../task-ledger';
import { plannerOf } from '../task-planner';

/**
 * The ledger of several pools among which ECS divides tasks. Each task is added to the ledger of its pool, so that services and jobs that
 * use the pool directly count too.
 */
export class DividedLedger implements TaskLedger {
  public readonly exact = true;
  private readonly ledgers: TaskLedger[];
  /** What each consumer takes of each pool. */
  private readonly shares = new Map<TaskConsumer, TaskConsumer[]>();

  constructor(
    pools: ISlicedCapacity[],
    private readonly strategies: ecs.CapacityProviderStrategy[],
  ) {
    this.ledgers = pools.map((pool) => plannerOf(pool).ledger);
  }

  public add(consumer: TaskConsumer): void {
    const shares = this.ledgers.map((_, index) => this.shareOf(consumer, index));
    this.shares.set(consumer, shares);
    this.ledgers.forEach((ledger, index) => ledger.add(shares[index]));
  }

  public get slices(): number | undefined {
    return sumOf(this.ledgers.map((ledger) => ledger.slices));
  }

  public get overlappingJobs(): string[] {
    return [...new Set(this.ledgers.flatMap((ledger) => ledger.overlappingJobs))];
  }

  // Any of the pools may get the next task, so each of them needs a free slice.
  public room(consumer: TaskConsumer, options: RoomOptions = {}): TaskRoom {
    const shares = this.shares.get(consumer) ?? [];
    const rooms = this.ledgers.map((ledger, index) => ledger.room(shares[index], options));
    const inEach = (desired: number) => this.divide(desired, Math.ceil);
    return {
      free: (desired) => {
        const tasks = inEach(desired);
        return tasks ? Math.min(...rooms.map((room, index) => room.free(tasks[index]))) : 0;
      },
      running: (desired) => {
        const missing = (inEach(desired) ?? []).map((tasks, index) => tasks - rooms[index].running(tasks));
        return Math.max(1, desired - missing.reduce((sum, tasks) => sum + tasks, 0));
      },
      holdsTwice: (desired) => {
        const tasks = inEach(desired);
        const holds = rooms.map((room, index) => tasks && room.holdsTwice(tasks[index]));
        return holds.includes(false) ? false : holds.includes(undefined) ? undefined : true;
      },
    };
  }

  /**
   * How many tasks must stop, so that at least one of them is in the pool where ECS starts the next task. The public pages do not say which
   * pool that is: ECS may fill the base again, or follow the weights.
   */
  public mustStop(tasks: number): number {
    const most = this.divide(tasks, Math.ceil);
    const least = this.divide(tasks, Math.floor);
    if (most === undefined || least === undefined) return tasks;
    if (most.filter((share) => share > 0).length <= 1) return Math.min(tasks, 1);
    const severalWeights = this.strategies.filter(({ weight = 0 }) => weight > 0).length > 1;
    // If only one other pool has a weight, the next task goes there only after new tasks have filled the base.
    const next = least.filter((_, index) => most[index] > 0 && (severalWeights || (this.strategies[index].base ?? 0) > 0));
    return Math.min(tasks, tasks - Math.min(...next) + 1);
  }

  /** What a consumer takes of the pool at `index`. */
  private shareOf(consumer: TaskConsumer, index: number): TaskConsumer {
    const { overlapping, surge } = consumer;
    return {
      ...consumer,
      least: () => this.share(consumer.least(), index, Math.floor),
      most: () => this.share(consumer.most(), index, Math.ceil),
      overlapping: overlapping && (() => this.share(overlapping(), index, Math.ceil)),
      surge: surge && (() => this.share(surge(), index, Math.ceil)),
    };
  }

  private share(tasks: number | undefined, index: number, round: (tasks: number) => number): number | undefined {
    if (tasks === Infinity) return Infinity;
    return known(tasks) ? this.divide(tasks, round)?.[index] : undefined;
  }

  /**
   * How many of `tasks` go to each pool. Undefined if it is not known. `round` decides about tasks that the weights do not divide evenly:
   * rounding down gives the minimum, rounding up the maximum.
   */
  private divide(tasks: number, round: (tasks: number) => number): number[] | undefined {
    const shares = this.strategies.map(({ base = 0, weight = 0 }) => ({ base, weight }));
    if (!known(...shares.flatMap(({ base, weight }) => [base, weight]))) return undefined;
    const weights = shares.reduce((all, { weight }) => all + weight, 0);
    const beyond = shares.reduce((rest, { base }) => rest - Math.min(rest, base), tasks);
    return shares.map(({ base, weight }) => Math.min(tasks, base) + round((beyond * weight) / weights));
  }
}
