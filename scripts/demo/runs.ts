import { StrategyItem } from './strategy';

/** A call of the ECS API that runs tasks. */
export interface Run {
  /** The value that names the task definition. */
  readonly taskDefinition: unknown;
  readonly strategy: StrategyItem[];
  readonly launchType?: unknown;
  readonly tasks: number;
  /** What to call the tasks, if not tasks. */
  readonly unit?: 'node';
}

type Values = Readonly<Record<string, unknown>>;

/** A placeholder for a reference in the text of a state machine's definition, between characters that no text contains. */
const REFERENCE = /\uE000(\d+)\uE000/g;

/**
 * Finds the runs in the properties of a resource, as Step Functions, EventBridge and EventBridge Scheduler write them: a value that names a
 * task definition, and the capacity that it runs on.
 */
export function runs(properties: unknown): Run[] {
  const opened = open(properties);
  const sideBySide = tasksSideBySide(opened);
  return objects(opened).flatMap((values) => {
    const taskDefinition = values.TaskDefinition ?? values.TaskDefinitionArn;
    const strategy = strategyOf(values);
    if (taskDefinition === undefined || (strategy.length === 0 && values.LaunchType === undefined)) return [];
    const tasks = [values.Count, values.TaskCount].find((value) => typeof value === 'number') ?? sideBySide;
    // torchrun and others read the number of nodes from this variable.
    const unit = /"NNODES"/.test(JSON.stringify(values.Overrides ?? '').replace(/\\/g, '')) ? 'node' : undefined;
    return [{ taskDefinition, strategy, launchType: values.LaunchType, tasks, unit }];
  });
}

function strategyOf({ CapacityProviderStrategy: strategy, CapacityProvider }: Values): StrategyItem[] {
  if (Array.isArray(strategy)) return strategy as StrategyItem[];
  return CapacityProvider === undefined ? [] : [{ CapacityProvider, Weight: 1 }];
}

/** How many tasks a state machine runs side by side, if a state and not the call says so. */
function tasksSideBySide(opened: unknown): number {
  const counts = objects(opened).map(({ Output }) => (isObject(Output) ? Output.count : undefined));
  return counts.find((count) => typeof count === 'number') ?? 1;
}

/** Parses the JSON texts inside a value. References stay as they are; a text that contains references becomes a list of them. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (!isObject(value)) return parsed(value, []);
  const join = value['Fn::Join'];
  if (!Array.isArray(join) || join[0] !== '' || !Array.isArray(join[1])) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
  }
  const references = (join[1] as unknown[]).filter((part) => typeof part !== 'string');
  const text = (join[1] as unknown[]).map((part) => (typeof part === 'string' ? part : `\uE000${references.indexOf(part)}\uE000`)).join('');
  return parsed(text, references) ?? value;
}

/** Parses a JSON text with references in it; undefined if it has references but is not JSON. */
function parsed(text: unknown, references: unknown[]): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return references.length > 0 ? undefined : text;
  try {
    return withReferences(JSON.parse(text), references);
  } catch {
    return references.length > 0 ? undefined : text;
  }
}

function withReferences(value: unknown, references: unknown[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => withReferences(inner, references));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReferences(inner, references)]));
  }
  const found = typeof value === 'string' ? [...value.matchAll(REFERENCE)].map(([, index]) => references[Number(index)]) : [];
  return found.length > 0 ? found : value;
}

function objects(value: unknown): Values[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objects)] : [];
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
