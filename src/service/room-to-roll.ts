import { known } from '../rules/rule';

/** Hosts for the desired tasks, and one more for a rolling update; undefined, the pool's own default, where that isn't known. */
export function roomToRoll(desiredCount: number = 1, tasksPerInstance: number = 1): number | undefined {
  return known(desiredCount, tasksPerInstance) ? Math.max(1, Math.ceil(desiredCount / tasksPerInstance)) + 1 : undefined;
}
