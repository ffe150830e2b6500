import { enforceValue, Finding, Rule } from './rule';
import { chipsOf, either } from './text';

const connectedChips = new Rule({
  id: 'connected-chips',
  level: 'error',
  says: 'The chips of a task must be a set that the instance type connects. Where chips form a torus, these are 1, 4, 8 or 16 chips, and a set of n chips begins at a multiple of n.',
  source: 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/infrastructure/scheduler.html',
});

/** An instance type, and which of its chips are connected with each other. */
export interface Topology {
  readonly name: string;
  readonly chips: number;
  /** How many chips a connected set can have. Undefined if any contiguous chips are connected. */
  readonly chipSets?: number[];
}

/** Checks the sizes of the sets of an instance type that a user describes. */
export function checkChipSets({ name, chips, chipSets }: Topology): void {
  const valid = !chipSets || (chipSets.length > 0 && chipSets.every((size) => Number.isInteger(size) && size > 0 && size <= chips));
  enforceValue(
    `Instance type ${name}`,
    connectedChips.when(
      !valid,
      () =>
        `\`chipSets\` must be at least one number of chips, each a whole number from 1 to ${chips}, the chips of the type, got: ` +
        `[${chipSets?.join(', ')}]. Leave it out if any contiguous chips are connected.`,
    ),
  );
}

/** Whether `count` chips from chip `first` on are connected. */
export function connects({ chips, chipSets }: Topology, count: number, first: number = 0): boolean {
  return !chipSets || count === 1 || count === chips || (chipSets.includes(count) && first % count === 0);
}

/** Checks that the chips of each of several equal slices are connected. `choices` says what works. */
export function checkSlicesConnected(type: Topology, tasksPerInstance: number, choices: string): Finding[] {
  const count = type.chips / tasksPerInstance;
  return connectedChips.when(
    count > 1 && !connects(type, count),
    () => `\`tasksPerInstance\` ${tasksPerInstance} gives each task ${count} of the ${chipsOf(type)}, but ${sets(type)}. ${choices}`,
  );
}

/** Checks that the chips of each partition are connected. */
export function checkPartitionsConnected(type: Topology, partitions: number[]): Finding[] {
  const loose = (sizes: number[]) => sizes.findIndex((count, index) => !connects(type, count, total(sizes.slice(0, index))));
  const index = loose(partitions);
  const sorted = [...partitions].sort((a, b) => b - a);
  return connectedChips.when(index >= 0, () => {
    const first = total(partitions.slice(0, index));
    const range = partitions[index] === 1 ? `chip ${first}` : `chips ${first} to ${first + partitions[index] - 1}`;
    const advice = loose(sorted) < 0 ? `Use [${sorted.join(', ')}].` : `Use partitions of these sizes, the largest first${example(type)}.`;
    return `\`partitions\` [${partitions.join(', ')}] give partition ${index} ${range} of ${type.name}, but ${sets(type)}. ${advice}`;
  });
}

/** Checks that the devices that a task maps are connected. `checkDevices` checks that they exist and are contiguous. */
export function checkDevicesConnected(type: Topology, indexes: number[]): Finding[] {
  return connectedChips.when(
    !connects(type, indexes.length, Math.min(...indexes)),
    () => `\`devices\` [${indexes.join(', ')}] of ${type.name} are not a connected set: ${sets(type)}. Use for example ${firstSets(type)}.`,
  );
}

/** Checks that the cores that the driver hands out are on connected chips. */
export function checkCoresConnected(type: Topology, cores: number, coresPerChip: number): Finding[] {
  const chips = cores / coresPerChip;
  const fitting = [...(type.chipSets ?? []), 1, type.chips].map((count) => count * coresPerChip);
  return connectedChips.when(
    chips > 1 && !connects(type, chips),
    () =>
      `\`neuronCores\` ${cores} are ${chips} of the ${chipsOf(type)}, but ${sets(type)}. Use at most ${coresPerChip}, or ` +
      `${either(unique(fitting).filter((count) => count > coresPerChip))}.`,
  );
}

function sets({ chips, chipSets = [] }: Topology): string {
  return (
    `only sets of ${either(unique([1, ...chipSets, chips]))} of its chips are connected with each other, and a set of n chips begins at ` +
    'a multiple of n'
  );
}

function firstSets({ chips, chipSets = [] }: Topology): string {
  const several = unique([...chipSets, chips]).find((count) => count > 1) ?? 1;
  return `[${Array.from({ length: several }, (_, index) => index).join(', ')}]`;
}

function example({ chips, chipSets = [] }: Topology): string {
  const size = Math.max(1, ...chipSets.filter((count) => count < chips && chips % count === 0));
  return `, for example [${Array.from({ length: chips / size }, () => size).join(', ')}]`;
}

function unique(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function total(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
