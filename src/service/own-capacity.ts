import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { enforce, known } from '../rules/rule';
import { checkWhereItRuns } from '../rules/service-rules';

/** What a service is given to make a capacity of its own. */
export interface OwnCapacity<C extends ICapacity> {
  /** The props for it, by name. They exclude a given capacity. */
  readonly props: Record<string, unknown>;
  /** The props that it needs. */
  readonly required: string[];
  make(): C;
}

/** The capacity that a service is given, or else one of its own. Both or neither fails. */
export function capacityFor<C extends ICapacity>(scope: Construct, given: C | undefined, own: OwnCapacity<C>): C {
  enforce(scope, checkWhereItRuns(given !== undefined, own.props, own.required));
  return given ?? own.make();
}

/** Hosts for the desired tasks, and one more for a rolling update. Undefined, the pool's own default, where that is not known. */
export function roomToRoll(desiredCount: number = 1, tasksPerInstance: number = 1): number | undefined {
  return known(desiredCount, tasksPerInstance) ? Math.max(1, Math.ceil(desiredCount / tasksPerInstance)) + 1 : undefined;
}
