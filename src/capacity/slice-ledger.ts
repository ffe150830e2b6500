import { IEc2Capacity } from './capacity';
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

const LEDGERS = new WeakMap<IEc2Capacity, SliceLedger>();

/** Who takes slices of a pool, and how many that leaves. Consumers come one by one, so everything is computed when it is asked for. */
export class SliceLedger {
  /** The ledger of a pool, the same one each time. */
  public static of(pool: IEc2Capacity): SliceLedger {
    let ledger = LEDGERS.get(pool);
    if (!ledger) LEDGERS.set(pool, (ledger = new SliceLedger(pool)));
    return ledger;
  }

  private readonly consumers: SliceConsumer[] = [];

  private constructor(private readonly pool: IEc2Capacity) {
    enforceAtSynth(pool, () => checkPoolHolds(pool, this.slices, this.consumers));
  }

  public add(consumer: SliceConsumer): void {
    this.consumers.push(consumer);
  }

  /** Slices of the pool at its largest. */
  public get slices(): number | undefined {
    const { maxInstances, tasksPerInstance } = this.pool;
    return known(maxInstances) ? maxInstances! * tasksPerInstance : undefined;
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
