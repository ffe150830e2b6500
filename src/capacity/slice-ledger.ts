import { IEc2Pool } from './capacity';
import { isEc2Capacity } from './is-ec2-capacity';
import { checkPoolHolds } from '../rules/pool-rules';
import { enforceAtSynth, known } from '../rules/rule';

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

const LEDGERS = new WeakMap<IEc2Pool, SliceLedger>();

/**
 * Who takes slices of a pool, and how many that leaves. Consumers come one by one, so everything is computed when it is asked for.
 *
 * A pool without slices surely holds a task on each host, and perhaps more: what it holds is no limit there, only what can be counted on.
 */
export class SliceLedger {
  /** The ledger of a pool, the same one each time. */
  public static of(pool: IEc2Pool): SliceLedger {
    let ledger = LEDGERS.get(pool);
    if (!ledger) LEDGERS.set(pool, (ledger = new SliceLedger(pool)));
    return ledger;
  }

  private readonly consumers: SliceConsumer[] = [];

  /** Whether the pool holds what the ledger says and never more. */
  public readonly exact: boolean;

  private readonly tasksPerInstance: number;

  private constructor(private readonly pool: IEc2Pool) {
    this.exact = isEc2Capacity(pool);
    this.tasksPerInstance = isEc2Capacity(pool) ? pool.tasksPerInstance : 1;
    if (isEc2Capacity(pool)) enforceAtSynth(pool, () => checkPoolHolds(pool, this.slices, this.consumers));
  }

  public add(consumer: SliceConsumer): void {
    this.consumers.push(consumer);
  }

  /** Slices of the pool at its largest. */
  public get slices(): number | undefined {
    const { maxInstances } = this.pool;
    return known(maxInstances) ? maxInstances! * this.tasksPerInstance : undefined;
  }

  /** Slices that stay free when every consumer has the most that it may ask for; 0 when that can't be known. */
  public get free(): number {
    const most = this.consumers.map((consumer) => consumer.most());
    if (this.slices === undefined || !known(...most)) return 0;
    return Math.max(0, this.slices - most.reduce<number>((sum, n) => sum + n!, 0));
  }

  /** Free slices that each service can count on for a rolling update, even if all of them roll at once. */
  public get surgePerService(): number {
    const services = this.consumers.filter((consumer) => consumer.rolls).length;
    return services === 0 ? 0 : Math.floor(this.free / services);
  }
}
