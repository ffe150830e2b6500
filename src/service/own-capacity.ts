import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { enforce, known } from '../rules/rule';
import { checkWhereItRuns } from '../rules/service-rules';

/** What a service needs to create its own capacity. */
export interface OwnCapacity<C extends ICapacity> {
  /** The props of its own capacity, by name. They cannot be combined with a given capacity. */
  readonly props: Record<string, unknown>;
  /** The names of the props that are required. */
  readonly required: string[];
  make(): C;
}

/** The given capacity, or else the service's own. Fails if both or neither are given. */
export function capacityFor<C extends ICapacity>(scope: Construct, given: C | undefined, own: OwnCapacity<C>): C {
  enforce(scope, checkWhereItRuns(given !== undefined, own.props, own.required));
  return given ?? own.make();
}

/**
 * The number of hosts for the desired tasks, and one more for a rolling update. Undefined, which means the pool's own default, if it is not
 * known.
 */
export function roomToRoll(desiredCount: number = 1, tasksPerInstance: number = 1): number | undefined {
  return known(desiredCount, tasksPerInstance) ? Math.max(1, Math.ceil(desiredCount / tasksPerInstance)) + 1 : undefined;
}
