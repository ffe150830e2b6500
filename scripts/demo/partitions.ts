import { AskingTask, Division } from './layout';
import { ranged } from './text';

/** The fixed chips of each workload, and the free chips between them. */
export function partitions(tasks: AskingTask[]): Division | string {
  const [{ chips: all, coresPerChip }] = tasks;
  const anywhere = tasks.find(({ chipsOfTask, coresPerTask }) => !chipsOfTask && coresPerTask !== undefined);
  if (anywhere) return `not drawn: ${anywhere.name} may take any chips, but others have fixed chips`;
  const wanted = tasks.map(({ name, chipsOfTask }) => ({ name, chips: chipsOfTask ?? Array.from({ length: all }, (_, chip) => chip) }));
  const gap = wanted.find(({ chips }) => chips[chips.length - 1] - chips[0] >= chips.length || chips[chips.length - 1] >= all);
  if (gap) return `not drawn: ${gap.name} has chips ${gap.chips.join(', ')}, which are not adjacent chips of a host`;

  const owned: number[][] = [];
  for (const { name, chips } of wanted) {
    const same = owned.find((other) => other.some((chip) => chips.includes(chip)));
    if (same && same.join() !== chips.join()) {
      return `not drawn: ${name} has some, but not all, of the ${ranged('chip', same[0], same[same.length - 1])} of another workload`;
    }
    if (!same) owned.push(chips);
  }
  const ranges = withGaps(owned, all);
  return {
    kind: 'partitions',
    parts: ranges.map((chips) => ({ first: chips[0] * coresPerChip, cores: chips.length * coresPerChip })),
    partsOf: wanted.map(({ chips }) => [ranges.findIndex(([first]) => first === chips[0])]),
  };
}

/** All ranges in order, including the free ranges before, between and after the owned ones. */
function withGaps(owned: number[][], all: number): number[][] {
  const ranges: number[][] = [];
  let free: number[] = [];
  for (let chip = 0; chip < all; chip++) {
    const own = owned.find(([first]) => first === chip);
    if (own) {
      ranges.push(...(free.length > 0 ? [free] : []), own);
      free = [];
      chip = own[own.length - 1];
    } else {
      free.push(chip);
    }
  }
  return free.length > 0 ? [...ranges, free] : ranges;
}
