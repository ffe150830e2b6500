import { checkPoolHolds } from '../../rules/pool-rules';
import { enforceAtSynth, known } from '../../rules/rule';
import { IEc2Capacity } from '../capacity';
import { DividedCapacity, isDivided } from '../capacity-parts';
import { isSlicedCapacity } from '../is-ec2-capacity';

/** Something that takes slices of a pool: a service or a job. Counts that aren't known at synth are undefined. */
export interface SliceConsumer {
  /** How the user finds it: its construct path. */
  readonly path: string;
  /** Whether it replaces its tasks by rolling updates, and so may want slices beside its own. */
  readonly rolls: boolean;
  /** The fewest tasks that it has to have at a time. */
  least(): number | undefined;
  /** The most tasks that it may ask for at a time, not counting a surge. */
  most(): number | undefined;
}

/** Who takes slices of a capacity, and how many that leaves. Consumers come one by one, so everything is computed when it is asked for. */
export interface SliceLedger {
  /**
   * Whether the capacity holds what the ledger says and never more. A pool without slices surely holds a task on each host, and perhaps more:
   * that is no limit there, only what can be counted on.
   */
  readonly exact: boolean;
  /** Slices of the capacity at its largest. */
  readonly slices: number | undefined;
  /** Slices that stay free when every consumer has the most that it may ask for; 0 when that can't be known. */
  readonly free: number;
  /** Free slices that each service can count on for a rolling update, even if all of them roll at once. */
  readonly surgePerService: number;
  add(consumer: SliceConsumer): void;
}

const LEDGERS = new WeakMap<IEc2Capacity, SliceLedger>();

/** The ledger of a capacity, the same one each time. */
export function sliceLedgerOf(capacity: IEc2Capacity): SliceLedger {
  let ledger = LEDGERS.get(capacity);
  if (!ledger) LEDGERS.set(capacity, (ledger = isDivided(capacity) ? new DividedLedger(capacity) : new PoolLedger(capacity)));
  return ledger;
}

class PoolLedger implements SliceLedger {
  public readonly exact: boolean;
  private readonly consumers: SliceConsumer[] = [];
  private readonly tasksPerInstance: number;

  constructor(private readonly pool: IEc2Capacity) {
    this.exact = isSlicedCapacity(pool);
    this.tasksPerInstance = isSlicedCapacity(pool) ? pool.tasksPerInstance : 1;
    if (isSlicedCapacity(pool)) enforceAtSynth(pool, () => checkPoolHolds(pool, this.slices, this.consumers));
  }

  public add(consumer: SliceConsumer): void {
    this.consumers.push(consumer);
  }

  public get slices(): number | undefined {
    const { maxInstances } = this.pool;
    return known(maxInstances) ? maxInstances! * this.tasksPerInstance : undefined;
  }

  public get free(): number {
    const most = this.consumers.map((consumer) => consumer.most());
    if (this.slices === undefined || !known(...most)) return 0;
    return Math.max(0, this.slices - most.reduce<number>((sum, n) => sum + n!, 0));
  }

  public get surgePerService(): number {
    const services = this.consumers.filter((consumer) => consumer.rolls).length;
    return services === 0 ? 0 : Math.floor(this.free / services);
  }
}

/** Enters in the ledger of each pool what of a consumer goes there, so that those who use the pool directly count too. */
class DividedLedger implements SliceLedger {
  public readonly exact = true;
  private readonly ledgers: SliceLedger[];

  constructor(private readonly capacity: DividedCapacity) {
    this.ledgers = capacity._parts.map(sliceLedgerOf);
  }

  public add(consumer: SliceConsumer): void {
    this.ledgers.forEach((ledger, index) =>
      ledger.add({
        ...consumer,
        least: () => this.share(consumer.least(), index, Math.floor),
        most: () => this.share(consumer.most(), index, Math.ceil),
      }),
    );
  }

  public get slices(): number | undefined {
    const slices = this.ledgers.map((ledger) => ledger.slices);
    return known(...slices) ? slices.reduce<number>((sum, n) => sum + n!, 0) : undefined;
  }

  // Any of the pools may get the next task, so each has to have room for it.
  public get free(): number {
    return Math.min(...this.ledgers.map((ledger) => ledger.free));
  }

  public get surgePerService(): number {
    return Math.min(...this.ledgers.map((ledger) => ledger.surgePerService));
  }

  private share(tasks: number | undefined, index: number, round: (tasks: number) => number): number | undefined {
    return known(tasks) ? this.capacity._divide(tasks!, round)?.[index] : undefined;
  }
}
