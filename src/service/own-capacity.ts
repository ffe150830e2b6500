import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { enforce, known } from '../rules/rule';
import { checkWhereItRuns } from '../rules/service-rules';

/** How a service creates its own capacity. */
export interface OwnCapacity<C extends ICapacity, P extends Record<string, unknown>, R extends keyof P & string> {
  /** The props of the service that describe the capacity. They cannot be combined with a given capacity. */
  readonly props: P;
  /** The names of the props that must be given. */
  readonly required: R[];
  /** Creates the capacity from those props. The required ones are given. */
  make(props: P & { readonly [K in R]-?: NonNullable<P[K]> }): C;
}

/** Returns the capacity that a service is given, or creates its own. Fails if the props describe both or neither. */
export function capacityFor<C extends ICapacity, P extends Record<string, unknown>, R extends keyof P & string>(
  scope: Construct,
  given: C | undefined,
  own: OwnCapacity<C, P, R>,
): C {
  enforce(scope, checkWhereItRuns(given !== undefined, own.props, own.required));
  return given ?? own.make(own.props as Parameters<typeof own.make>[0]);
}

/**
 * The number of hosts for the desired tasks, and one more for a rolling update. Undefined if it is not known, so that the pool uses its
 * default.
 */
export function roomToRoll(desiredCount: number = 1, tasksPerInstance: number = 1): number | undefined {
  return known(desiredCount, tasksPerInstance) && tasksPerInstance > 0
    ? Math.max(1, Math.ceil(desiredCount / tasksPerInstance)) + 1
    : undefined;
}
