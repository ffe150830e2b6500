import { TaskRoom } from '../capacity/task-ledger';
import { MAX_TASKS } from '../rules/service-rules';

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

/** The room of a service, and how many tasks must stop so that a new one is certain to find a slice. */
export interface UpdateRoom extends TaskRoom {
  mustStop(desired: number): number;
}

/** In place, at most a quarter of the tasks are stopped at a time. */
const IN_PLACE_MIN = 75;

/** The maximum that lets ECS start a second task for each one. */
const DOUBLE = 200;

/**
 * The percentages with which a rolling update completes at every desired count in the range. One that the user gives is kept.
 *
 * The update surges, that is, starts new tasks before it stops old ones, if there is room for at least one more task at every count. If
 * not, it may stop as many old tasks as it must, and starts new ones first only where few tasks leave room for it.
 */
export function deploymentPercentages(
  range: TaskRange,
  room: UpdateRoom,
  given: Partial<DeploymentPercentages> = {},
): DeploymentPercentages {
  const counts = countsOf(range, room);
  if (!counts) return { minHealthyPercent: given.minHealthyPercent ?? 0, maxHealthyPercent: given.maxHealthyPercent ?? 100 };
  const { lowest, highest } = counts;
  const within = given.maxHealthyPercent ?? largestPercentWithin(highest, room.free(highest));
  if (room.free(highest) >= 1 && extraTasks(lowest, within) >= 1) {
    return { minHealthyPercent: given.minHealthyPercent ?? 100, maxHealthyPercent: within };
  }
  let min = given.minHealthyPercent ?? IN_PLACE_MIN;
  let max = within;
  for (let desired = lowest; given.minHealthyPercent === undefined && desired <= highest; desired++) {
    const starts = room.free(desired) >= 1 && extraTasks(desired, given.maxHealthyPercent ?? DOUBLE) >= 1;
    if (!starts) min = Math.min(min, percentToStop(desired, room));
  }
  for (let desired = lowest; given.maxHealthyPercent === undefined && desired <= highest; desired++) {
    const waits = percentToStop(desired, room) < min;
    if (waits && room.free(desired) >= 1) max = Math.max(max, 100 + Math.ceil(100 / desired));
  }
  return { minHealthyPercent: min, maxHealthyPercent: max };
}

/**
 * The lowest count in the range, and the highest that matters. Undefined if they are not known: a count that is not known at synth can be
 * as high as the capacity allows.
 */
export function countsOf({ least, most }: TaskRange, room: UpdateRoom): { lowest: number; highest: number } | undefined {
  const lowest = Math.min(MAX_TASKS, Math.max(1, least ?? 1));
  // With unlimited room, the highest count need not be known.
  const highest = most ?? (room.slices === Infinity || room.free(lowest) === Infinity ? lowest : room.slices);
  return highest === undefined ? undefined : { lowest, highest: Math.min(MAX_TASKS, Math.max(lowest, highest)) };
}

/** Whether a rolling update can replace a task: it may stop an old one first, or start a new one for which a slice is free. */
export function makesProgress(desired: number, { minHealthyPercent, maxHealthyPercent }: DeploymentPercentages, room: UpdateRoom): boolean {
  const stoppable = room.running(desired) - tasksToKeep(desired, minHealthyPercent);
  return stoppable >= 1 || (extraTasks(desired, maxHealthyPercent) >= 1 && room.free(desired) >= 1);
}

/** The highest minimum with which a service is replaced in place, if the capacity holds all its tasks. */
export function inPlacePercent(desired: number, { mustStop }: UpdateRoom): number {
  return Math.min(IN_PLACE_MIN, Math.floor((100 * (desired - mustStop(desired))) / desired));
}

/** The number of tasks that a rolling update may have beyond the desired count. ECS rounds the maximum down. */
export function extraTasks(desired: number, maxHealthyPercent: number): number {
  return Math.floor((desired * maxHealthyPercent) / 100) - desired;
}

/** The number of tasks that a rolling update keeps running. ECS rounds the minimum up. */
export function tasksToKeep(desired: number, minHealthyPercent: number): number {
  return Math.ceil((desired * minHealthyPercent) / 100);
}

/** The highest minimum with which enough tasks may stop. */
function percentToStop(desired: number, room: UpdateRoom): number {
  return Math.max(0, Math.floor((100 * (room.running(desired) - room.mustStop(desired))) / desired));
}

function largestPercentWithin(desired: number, surge: number): number {
  if (surge < 1) return 100;
  let percent = DOUBLE;
  while (percent > 100 && extraTasks(desired, percent) > surge) percent--;
  return percent;
}
