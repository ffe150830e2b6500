import { known } from '../../rules/rule';
import { IEc2Capacity } from '../capacity';
import { sumOf, TaskConsumer, TaskLedger } from '../task-ledger';

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
    const { maxInstances } = this.pool;
    return known(maxInstances) ? maxInstances * this.tasksPerInstance : undefined;
  }

  public get free(): number {
    const most = sumOf(this.consumers.map((consumer) => consumer.most()));
    return this.slices === undefined || most === undefined ? 0 : Math.max(0, this.slices - most);
  }

  public get surgePerService(): number {
    const services = this.consumers.filter((consumer) => consumer.rolls).length;
    return services === 0 ? 0 : Math.floor(this.free / services);
  }

  public mustStop(tasks: number): number {
    return Math.min(tasks, 1);
  }
}
