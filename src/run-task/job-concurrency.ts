import { Duration } from 'aws-cdk-lib';
import { known } from '../rules/rule';

/** What starts a job by itself. */
interface Start {
  /** The number of tasks of a run. Undefined if it is not known at synth. */
  readonly tasks?: number;
  /** How many of its runs can overlap. Infinity if there is no limit. */
  readonly runs: number;
}

/** Tracks what starts a job, and so how many of its tasks can run at a time. */
export class JobConcurrency {
  private readonly starts: Start[] = [];

  private readonly count?: number;

  /**
   * @param count the number of tasks of a run that does not override it
   * @param atOnce how many of them run at once at most
   */
  constructor(
    count: number,
    private readonly atOnce?: number,
  ) {
    this.count = this.tasksAtOnce(count);
  }

  /** Adds a start whose runs can overlap. `count` is the number of tasks that it overrides. */
  public add(runs: number, count?: number): void {
    this.starts.push({ runs, tasks: count === undefined ? this.count : this.tasksAtOnce(count) });
  }

  /** The maximum number of tasks of one run. */
  public most(): number | undefined {
    const counts = [this.count, ...this.starts.map(({ tasks }) => tasks)];
    return counts.every((count) => known(count)) ? Math.max(...counts.filter((count) => count !== undefined)) : undefined;
  }

  /** The maximum number of tasks of runs that overlap. Infinity if there is no limit. */
  public overlapping(): number | undefined {
    const most = this.most();
    if (most === undefined) return undefined;
    return Math.max(
      most,
      this.starts.reduce((sum, { tasks = 0, runs }) => sum + tasks * runs, 0),
    );
  }

  /** How many of the tasks of a run are at work at the same time. Undefined if it is not known at synth. */
  private tasksAtOnce(count: number): number | undefined {
    if (!known(count)) return undefined;
    return known(this.atOnce) ? Math.min(count, this.atOnce) : count;
  }
}

/**
 * How many runs of a schedule can overlap: a run may last up to its time limit, and start anywhere in the window. Infinity if the schedule
 * or the time limit is not known at synth.
 */
export function scheduledRuns(expression: string, timeout: Duration, window: Duration = Duration.seconds(0)): number {
  if (!known(expression) || timeout.isUnresolved() || window.isUnresolved()) return Infinity;
  if (expression.startsWith('at(')) return 1;
  return (
    Math.floor((timeout.toSeconds({ integral: false }) + window.toSeconds({ integral: false })) / (60 * minutesBetween(expression))) + 1
  );
}

const UNITS: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

/** The fewest minutes between two starts of a schedule. For a cron expression that is not simple, 1 minute. */
function minutesBetween(expression: string): number {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (unit !== undefined) return Number(value) * UNITS[unit];
  const [, minute = '*', hour = '*'] = /^cron\((\S+) (\S+) /.exec(expression) ?? [];
  const step = (field: string) => Number(/^(?:\*|\d+)\/(\d+)$/.exec(field)?.[1] ?? 1);
  if (!/^\d+$/.test(minute)) return even(step(minute), 60);
  return /^\d+$/.test(hour) ? UNITS.day : UNITS.hour * even(step(hour), 24);
}

/** The step of a field, if its last step before the field starts again is a whole one. */
function even(step: number, of: number): number {
  return step > 0 && of % step === 0 ? step : 1;
}
