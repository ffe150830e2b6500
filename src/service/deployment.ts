/** The limits of the number of tasks during a rolling update, in percent of the desired count. */
export interface DeploymentPercentages {
  readonly minHealthyPercent: number;
  readonly maxHealthyPercent: number;
}

/** The range of a service's desired count. A limit is undefined if it is not known at synth. */
export interface TaskRange {
  readonly least?: number;
  readonly most?: number;
}

/** In place, at most a quarter of the tasks are stopped at a time. */
const IN_PLACE_MIN = 75;

/**
 * The percentages with which a rolling update always completes.
 *
 * The update surges, that is, starts new tasks before it stops old ones, if `surge` slices are free for it and are enough for at least one
 * more task at every desired count in the range. If not, it replaces tasks in place: some old tasks stop, and new ones take their slices.
 * `mustStop` returns the minimum number of tasks that must stop first, so that a new one finds a slice.
 */
export function deploymentPercentages(
  range: TaskRange,
  surge: number,
  mustStop: (desired: number) => number = () => 1,
): DeploymentPercentages {
  const least = Math.max(1, range.least ?? 1);
  // With unlimited room, the largest desired count need not be known.
  const most = range.most ?? (surge === Infinity ? least : undefined);
  if (most !== undefined) {
    const max = largestPercentWithin(Math.max(least, most), surge);
    if (extraTasks(least, max) >= 1) return { minHealthyPercent: 100, maxHealthyPercent: max };
  }
  let minHealthyPercent = IN_PLACE_MIN;
  for (let desired = least; desired <= Math.max(least, range.most ?? 0); desired++) {
    minHealthyPercent = Math.min(minHealthyPercent, Math.floor((100 * (desired - mustStop(desired))) / desired));
  }
  return { minHealthyPercent, maxHealthyPercent: 100 };
}

/** The number of tasks that a rolling update may have beyond the desired count. ECS rounds the maximum down. */
export function extraTasks(desired: number, maxHealthyPercent: number): number {
  return Math.floor((desired * maxHealthyPercent) / 100) - desired;
}

/** The number of tasks that a rolling update may stop before new ones run. ECS rounds the minimum up. */
export function stoppableTasks(desired: number, minHealthyPercent: number): number {
  return desired - Math.ceil((desired * minHealthyPercent) / 100);
}

function largestPercentWithin(desired: number, surge: number): number {
  let percent = 200;
  while (percent > 100 && extraTasks(desired, percent) > surge) percent--;
  return percent;
}
