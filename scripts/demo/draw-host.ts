import { Style } from './style';
import { range } from './text';

/** A host to draw. */
export interface Host {
  readonly coresPerChip: number;
  readonly parts: PartOfHost[];
}

/** Cores beside each other, and who has them: nobody where they are free. */
export interface PartOfHost {
  readonly first: number;
  readonly cores: number;
  readonly name?: string;
}

/** The longest name that is shown whole where slices are beside each other. */
const LONGEST_NAME = 14;

interface Cell {
  readonly lines: string[];
  readonly paint: (text: string) => string;
}

/** Draws a host as a grid of its parts: who runs there, and on which chips and cores. At most `columns` wide. */
export function drawHost({ coresPerChip, parts }: Host, workloads: string[], columns: number, style: Style): string[] {
  const perLine = chipsPerLine(Math.max(...parts.map(({ cores }) => cores)), coresPerChip, columns - 4);
  const longestName = parts.length === 1 ? columns - 4 : LONGEST_NAME;
  const cells = parts.map((part): Cell => {
    const { name } = part;
    return {
      lines: cellOf(part, coresPerChip, name && shortened(name, longestName), perLine),
      paint: (text) => (name === undefined ? style.faint(text) : style.workload(workloads.indexOf(name), text)),
    };
  });
  const widths = columnWidths(cells, parts, columns);
  const rule = (left: string, middle: string, right: string) =>
    style.faint(left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right);
  const rows = chunks(cells, widths.length).map((row) => drawRow(row, widths, style));
  return [
    rule('┌', '┬', '┐'),
    ...rows.flatMap((lines, index) => (index === 0 ? lines : [rule('├', '┼', '┤'), ...lines])),
    rule('└', '┴', '┘'),
  ];
}

/** Parts of different sizes are as wide as they have to be if they all fit beside each other; others have the same width, also in rows. */
function columnWidths(cells: Cell[], parts: PartOfHost[], columns: number): number[] {
  const widths = cells.map(({ lines }) => Math.max(...lines.map((line) => line.length)));
  const unequal = parts.some(({ cores }) => cores !== parts[0].cores);
  if (unequal && widths.reduce((sum, width) => sum + width + 3, 1) <= columns) return widths;
  const width = Math.max(...widths);
  const perRow = largestDivisor(cells.length, Math.floor((columns - 1) / (width + 3)));
  return Array.from({ length: perRow }, () => width);
}

function drawRow(cells: Cell[], widths: number[], style: Style): string[] {
  const border = style.faint('│');
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = cells.map(({ lines, paint }, column) => paint((lines[line] ?? '').padEnd(widths[column])));
    return `${border} ${texts.join(` ${border} `)} ${border}`;
  });
}

/** What is written in a part: who has it, which chips, and its cores between the brackets of these. */
function cellOf({ first, cores }: PartOfHost, coresPerChip: number, name: string | undefined, perLine: number): string[] {
  const last = first + cores - 1;
  const [firstChip, lastChip] = [first, last].map((core) => Math.floor(core / coresPerChip));
  const chips = Array.from({ length: lastChip - firstChip + 1 }, (_, i) => {
    const start = (firstChip + i) * coresPerChip;
    const end = start + coresPerChip - 1;
    const count = Math.min(end, last) - Math.max(start, first) + 1;
    return (start >= first ? '[' : ' ') + (name === undefined ? '□' : '■').repeat(count) + (end <= last ? ']' : ' ');
  });
  return [
    name ?? 'free',
    `${firstChip === lastChip ? 'chip' : 'chips'} ${range(firstChip, lastChip)}`,
    ...chunks(chips, perLine).map((line) => line.join(' ')),
  ];
}

/** How many chips of a part are drawn beside each other. */
function chipsPerLine(cores: number, coresPerChip: number, columns: number): number {
  const chips = Math.ceil(cores / coresPerChip);
  const fit = Math.floor((columns + 1) / (coresPerChip + 3));
  return chips <= fit ? fit : largestDivisor(chips, fit);
}

function largestDivisor(n: number, max: number): number {
  for (let divisor = Math.min(n, max); divisor > 1; divisor--) if (n % divisor === 0) return divisor;
  return 1;
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
