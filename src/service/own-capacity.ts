import { Construct } from 'constructs';
import { ICapacity } from '../capacity/capacity';
import { enforce, known } from '../rules/rule';
import { checkWhereItRuns } from '../rules/service-rules';

/** What a service is given to make a capacity of its own. */
export interface OwnCapacity<C extends ICapacity, P extends Record<string, unknown>, R extends keyof P & string> {
  /** The props for it, by name. They exclude a given capacity. */
  readonly props: P;
  /** The props that it needs. */
  readonly required: R[];
  /** Creates it from those props, of which the required ones are given. */
  make(props: P & { readonly [K in R]-?: NonNullable<P[K]> }): C;
}

/** The capacity that a service is given, or else one of its own. Both or neither fails. */
export function capacityFor<C extends ICapacity, P extends Record<string, unknown>, R extends keyof P & string>(
  scope: Construct,
  given: C | undefined,
  own: OwnCapacity<C, P, R>,
): C {
  enforce(scope, checkWhereItRuns(given !== undefined, own.props, own.required));
  return given ?? own.make(own.props as Parameters<typeof own.make>[0]);
}

/**
 * The number of hosts for the desired tasks, and one more for a rolling update. Undefined, which means the pool's own default, if it is not
 * known.
 */
export function roomToRoll(desiredCount: number = 1, tasksPerInstance: number = 1): number | undefined {
  return known(desiredCount, tasksPerInstance) ? Math.max(1, Math.ceil(desiredCount / tasksPerInstance)) + 1 : undefined;
}
