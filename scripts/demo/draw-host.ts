import { Cell, chunks, drawGrid, largestDivisor, paintOf, shortened } from './grid';
import { Style } from './style';
import { ranged } from './text';

/** A host to draw. */
export interface Host {
  readonly coresPerChip: number;
  readonly parts: PartOfHost[];
}

/** Adjacent cores, and the workload that has them; undefined if they are free. */
export interface PartOfHost {
  readonly first: number;
  readonly cores: number;
  readonly name?: string;
}

/** Draws a host as a grid of its slices or partitions: which workload runs there, on which chips and cores. At most `columns` wide. */
export function drawHost({ coresPerChip, parts }: Host, workloads: string[], columns: number, style: Style): string[] {
  const perLine = chipsPerLine(Math.max(...parts.map(({ cores }) => cores)), coresPerChip, columns - 4);
  const cells = parts.map((part): Cell => {
    const name = part.name && shortened(part.name, parts.length, columns);
    return { lines: cellOf(part, coresPerChip, name, perLine), paint: paintOf(part.name, workloads, style) };
  });
  const alike = parts.every(({ cores }) => cores === parts[0].cores);
  return drawGrid(cells, alike, columns, style);
}

/** The text of a slice or partition: the workload that has it, its chips, and its cores in the brackets of their chips. */
function cellOf({ first, cores }: PartOfHost, coresPerChip: number, name: string | undefined, perLine: number): string[] {
  const last = first + cores - 1;
  const [firstChip, lastChip] = [first, last].map((core) => Math.floor(core / coresPerChip));
  const chips = Array.from({ length: lastChip - firstChip + 1 }, (_, i) => {
    const start = (firstChip + i) * coresPerChip;
    const end = start + coresPerChip - 1;
    const count = Math.min(end, last) - Math.max(start, first) + 1;
    return (start >= first ? '[' : ' ') + (name === undefined ? '□' : '■').repeat(count) + (end <= last ? ']' : ' ');
  });
  return [name ?? 'free', ranged('chip', firstChip, lastChip), ...chunks(chips, perLine).map((line) => line.join(' '))];
}

/** How many chips of a slice or partition fit on one line. */
function chipsPerLine(cores: number, coresPerChip: number, columns: number): number {
  const chips = Math.ceil(cores / coresPerChip);
  const fit = Math.floor((columns + 1) / (coresPerChip + 3));
  return chips <= fit ? fit : largestDivisor(chips, fit);
}
