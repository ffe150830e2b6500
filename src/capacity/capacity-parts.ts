import { ICapacity, ISlicedCapacity, IEc2Capacity } from './capacity';

/** A capacity that consists of pools, among which ECS divides the tasks of a service or job. */
export interface DividedCapacity extends ISlicedCapacity {
  readonly _parts: ISlicedCapacity[];

  /**
   * How many of `tasks` go to each part, undefined where that isn't known. `round` decides what weights don't divide evenly, so that it
   * is at least so many, or at most.
   */
  _divide(tasks: number, round: (tasks: number) => number): number[] | undefined;
}

/** Whether a capacity consists of pools. */
export function isDivided(capacity: ICapacity): capacity is DividedCapacity {
  return '_divide' in capacity;
}

/**
 * How many of `tasks` have to stop in a rolling update, so that surely one of them is in the pool where ECS starts the next.
 *
 * Which pool that is, the pages leave open: ECS may fill the base anew, or follow the weights. In a plain pool any one will do.
 */
export function mustStop(capacity: IEc2Capacity, tasks: number): number {
  const most = isDivided(capacity) ? capacity._divide(tasks, Math.ceil) : [tasks];
  if (most === undefined) return tasks;
  if (most.filter((share) => share > 0).length <= 1) return Math.min(tasks, 1);
  const strategies = capacity.capacityProviderStrategies;
  const severalWeights = strategies.filter(({ weight = 0 }) => weight > 0).length > 1;
  const least = (capacity as DividedCapacity)._divide(tasks, Math.floor)!;
  // With one pool beside that of the base, the next task goes there only when new tasks have filled the base.
  const next = least.filter((_, index) => most[index] > 0 && (severalWeights || (strategies[index].base ?? 0) > 0));
  return Math.min(tasks, tasks - Math.min(...next) + 1);
}
