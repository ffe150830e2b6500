import { CloudAssembly, Resource } from './cloud-assembly';

export const CAPACITY_PROVIDER = 'AWS::ECS::CapacityProvider';

/** The share of a workload that runs on a capacity provider. */
export interface Share {
  /** The capacity provider, if a stack of the app creates it. */
  readonly capacityProvider?: Resource;
  /** The name of any other capacity provider, for example `FARGATE`. */
  readonly providerName: string;
  readonly base: number;
  readonly weight: number;
}

/** An item of a capacity provider strategy, as CloudFormation and the ECS API write it. */
export interface StrategyItem {
  readonly CapacityProvider: unknown;
  readonly Base?: number;
  readonly Weight?: number;
}

/** Reads a capacity provider strategy, or the launch type that stands in for it. */
export function sharesOf(assembly: CloudAssembly, stack: string, items: StrategyItem[] = [], launchType?: unknown): Share[] {
  if (items.length === 0) {
    return [{ providerName: launchType === undefined ? 'by default' : String(launchType), base: 0, weight: 1 }];
  }
  return items.map(({ CapacityProvider, Base = 0, Weight = 0 }) => ({
    capacityProvider: providerOf(assembly, stack, CapacityProvider),
    providerName: typeof CapacityProvider === 'string' ? CapacityProvider : 'elsewhere',
    base: Base,
    weight: Weight,
  }));
}

function providerOf(assembly: CloudAssembly, stack: string, value: unknown): Resource | undefined {
  if (typeof value !== 'string') return assembly.referenced(stack, value, CAPACITY_PROVIDER);
  return assembly.resources<{ readonly Name?: unknown }>(CAPACITY_PROVIDER).find(({ properties }) => properties.Name === value);
}

/** Divides tasks as ECS does: first the bases, in order, then the others by weight. */
export function divide(tasks: number, shares: Share[]): number[] {
  let left = tasks;
  const bases = shares.map(({ base }) => {
    const taken = Math.min(base, left);
    left -= taken;
    return taken;
  });
  const weights = weightOf(shares);
  const exact = shares.map(({ weight }) => (weights === 0 ? 0 : (left * weight) / weights));
  const rest = left - exact.reduce((sum, part) => sum + Math.floor(part), 0);
  const byRemainder = shares.map((_, i) => i).sort((a, b) => (exact[b] % 1) - (exact[a] % 1) || a - b);
  return exact.map((part, i) => bases[i] + Math.floor(part) + (weights > 0 && byRemainder.indexOf(i) < rest ? 1 : 0));
}

/** Says in words which tasks a share contains; undefined if it contains all of them. */
export function shareText(share: Share, shares: Share[]): string | undefined {
  if (shares.length === 1) return undefined;
  const { base, weight } = share;
  const weights = weightOf(shares);
  const others = shares.some((other) => other.base > 0) ? ' of the others' : '';
  const first = base === 0 ? [] : [base === 1 ? 'the first' : `the first ${base}`];
  const then = weight === 0 ? [] : [weight === weights ? `all${others}` : `${weight} in ${weights}${others}`];
  return [...first, ...then].join(', then ') || 'none';
}

function weightOf(shares: Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}
