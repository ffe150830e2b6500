// `RunTask` divides the tasks of one call over the providers of a strategy. Each task of a job is a call of its own, so its index decides.
import { aws_ecs as ecs } from 'aws-cdk-lib';
import { jsonata } from './job-expressions';
import { known } from '../rules/rule';

type Strategy = readonly ecs.CapacityProviderStrategy[];

/** Whether the share of a provider is known at synth. */
export function isKnown({ weight = 0, base = 0 }: ecs.CapacityProviderStrategy): boolean {
  return known(weight) && known(base);
}

/** The number of tasks of the base, the position of the provider that has it, and where the share of each provider ends. */
function shares(strategy: Strategy): { base: number; ofBase: number; ends: number[]; sum: number } {
  const ofBase = Math.max(
    0,
    strategy.findIndex(({ base = 0 }) => base > 0),
  );
  let sum = 0;
  const ends = strategy.map(({ weight = 0 }) => (sum += weight));
  return { base: strategy[ofBase].base ?? 0, ofBase, ends, sum };
}

/** The position of the provider of a task: the base first, then by weight. */
export function providerOf(index: number, strategy: Strategy): number {
  const { base, ofBase, ends, sum } = shares(strategy);
  if (index < base || sum === 0) return ofBase;
  return ends.filter((end) => end <= (index - base) % sum).length;
}

/**
 * The strategy of one task in JSONata: of several tasks, each has one provider, by the index in `$states.input`. Of a task that is alone, ECS
 * chooses the provider.
 */
export function strategyByIndex(strategy: Strategy): Record<string, unknown>[] {
  const { base, ofBase, ends, sum } = shares(strategy);
  const after = `$states.input.index - ${base}`;
  const byWeight = sum === 0 ? `${ofBase}` : `$count([${ends.join(', ')}][$ <= (${after}) % ${sum}])`;
  const chosen = `(${after} < 0 ? ${ofBase} : ${byWeight})`;
  return strategy.map(({ capacityProvider, weight = 0, base: ofThis = 0 }, number) => ({
    CapacityProvider: capacityProvider,
    Weight: jsonata(`$states.input.size > 1 ? (${chosen} = ${number} ? 1 : 0) : ${weight}`),
    Base: ofThis > 0 ? jsonata(`$states.input.size > 1 ? 0 : ${ofThis}`) : undefined,
  }));
}
