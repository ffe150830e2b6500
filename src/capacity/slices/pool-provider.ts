import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { ISlicedCapacity } from '../capacity';
import { listsOf } from '../provider-lists';
import { referencesIn } from '../references';

/** How a service, or what starts tasks, chooses its hosts. */
export interface HostChoice {
  readonly launchType: unknown;
  /** The capacity provider strategy, or text that has it. Undefined or empty if there is none. */
  readonly strategy: unknown;
  /** The constructs that the strategy refers to, if it is text. */
  readonly targets?: IConstruct[];
}

/** The capacity provider of a pool, by which tasks come to its hosts. */
export class PoolProvider {
  private readonly targets: IConstruct[];
  private readonly name?: string;

  constructor(private readonly pool: ISlicedCapacity) {
    const [{ capacityProvider }] = pool.capacityProviderStrategies;
    this.targets = [...referencesIn(pool, capacityProvider)];
    const name: unknown = Stack.of(pool).resolve(capacityProvider);
    const given = this.targets.map((target) => (target as Partial<ecs.CfnCapacityProvider>).name)[0];
    this.name = typeof name === 'string' ? name : given;
  }

  /** Whether tasks may come to the hosts of the pool. */
  public takes(scope: IConstruct, { launchType, strategy, targets }: HostChoice): boolean {
    const resolved: unknown = Stack.of(scope).resolve(strategy);
    if (hasItems(resolved)) return this.isIn(resolved, targets ?? [...referencesIn(scope, strategy)]);
    if (launchType !== undefined) return typeof launchType !== 'string' || launchType === 'EC2';
    const defaults = listsOf(this.pool.cluster).map((list) => ({ list, strategy: list.defaultCapacityProviderStrategy }));
    const set = defaults.filter(({ list, strategy: one }) => hasItems(Stack.of(list).resolve(one)));
    // Without any strategy, ECS uses the EC2 instances of the cluster.
    return set.length === 0 || set.some(({ list, strategy: one }) => this.isIn(Stack.of(list).resolve(one), [...referencesIn(list, one)]));
  }

  private isIn(strategy: unknown, targets: IConstruct[]): boolean {
    const named = this.name !== undefined && new RegExp(`[^\\w-]${this.name}[^\\w-]`).test(JSON.stringify(strategy));
    return named || this.targets.some((target) => targets.includes(target));
  }
}

function hasItems(strategy: unknown): boolean {
  return (Array.isArray(strategy) || typeof strategy === 'string') && strategy.length > 0;
}
