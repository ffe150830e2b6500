import { known } from '../../rules/rule';
import { IEc2Capacity } from '../capacity';
import { fairShare, RoomOptions, sumOf, TaskConsumer, TaskLedger, TaskRoom } from '../task-ledger';

/** The ledger of a pool whose hosts are each certain to hold a number of tasks, and may hold more. */
export class PoolLedger implements TaskLedger {
  public readonly exact: boolean = false;
  protected readonly consumers: TaskConsumer[] = [];

  constructor(
    private readonly pool: IEc2Capacity,
    private readonly tasksPerInstance: number = 1,
  ) {}

  public add(consumer: TaskConsumer): void {
    this.consumers.push(consumer);
  }

  public get slices(): number | undefined {
    return this.slicesWith(0);
  }

  public get overlappingJobs(): string[] {
    const overlaps = (consumer: TaskConsumer) => (mostOf(consumer, true) ?? 0) > (consumer.most() ?? 0);
    return this.consumers.filter(overlaps).map(({ path }) => path);
  }

  public room(consumer: TaskConsumer, options: RoomOptions = {}): TaskRoom {
    const reach = this.reach(consumer, options);
    // Tasks that run keep their slices, however many runs of jobs overlap.
    const held = this.reach(consumer, { ...options, jobsOverlap: false });
    return {
      // A pool that may hold more tasks does not limit them.
      slices: this.exact ? reach : undefined,
      free: (desired) => Math.max(0, (reach ?? 0) - desired),
      running: (desired) => Math.min(desired, Math.max(1, (this.exact ? held : undefined) ?? desired)),
      holdsTwice: (desired) => (reach === undefined ? undefined : reach >= 2 * desired),
    };
  }

  public mustStop(tasks: number): number {
    return Math.min(tasks, 1);
  }

  /** The number of slices that a service is certain to get for its tasks and its surge. Undefined if it is not known. */
  private reach(consumer: TaskConsumer, { allUpdate, jobsOverlap = false, moreHosts = 0 }: RoomOptions): number | undefined {
    const slices = this.slicesWith(moreHosts);
    const others = this.consumers.filter((other) => other !== consumer);
    const taken = sumOf(others.map((other) => mostOf(other, jobsOverlap)));
    if (slices === undefined || taken === undefined) return undefined;
    const left = Math.max(0, slices - taken);
    const most = consumer.most();
    if (!allUpdate || most === undefined || left <= most) return left;
    const wants = others.filter(({ rolls }) => rolls).map(surgeOf);
    return most + fairShare(left - most, surgeOf(consumer), wants);
  }

  private slicesWith(moreHosts: number): number | undefined {
    const { maxInstances } = this.pool;
    return known(maxInstances) ? (maxInstances + moreHosts) * this.tasksPerInstance : undefined;
  }
}

function mostOf(consumer: TaskConsumer, jobsOverlap: boolean): number | undefined {
  return jobsOverlap && consumer.overlapping ? consumer.overlapping() : consumer.most();
}

function surgeOf(consumer: TaskConsumer): number {
  return (consumer.surge ? consumer.surge() : consumer.most()) ?? 0;
}
