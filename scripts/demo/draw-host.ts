import { Style } from './style';

/** A host to draw. */
export interface Host {
  readonly chips: number;
  readonly coresPerChip: number;
  /** Cores of each slice. */
  readonly cores: number;
  /** Who has each slice, nobody where it is free. */
  readonly slices: (string | undefined)[];
}

/** The longest name that is shown whole where slices are beside each other. */
const LONGEST_NAME = 14;

interface Cell {
  readonly lines: string[];
  readonly paint: (text: string) => string;
}

/** Draws a host as a grid of its slices: who runs there, and on which chips and cores. At most `columns` wide. */
export function drawHost(host: Host, workloads: string[], columns: number, style: Style): string[] {
  const perLine = chipsPerLine(host, columns - 4);
  const longestName = host.slices.length === 1 ? columns - 4 : LONGEST_NAME;
  const cells = host.slices.map((name, slice): Cell => ({
    lines: cellOf(host, slice, name && shortened(name, longestName), perLine),
    paint: (text) => (name === undefined ? style.faint(text) : style.workload(workloads.indexOf(name), text)),
  }));
  const width = Math.max(...cells.flatMap(({ lines }) => lines).map((line) => line.length));
  const perRow = largestDivisor(cells.length, Math.floor((columns - 1) / (width + 3)));
  const rule = (left: string, middle: string, right: string) =>
    style.faint(left + Array.from({ length: perRow }, () => '─'.repeat(width + 2)).join(middle) + right);
  const rows = chunks(cells, perRow).map((row) => drawRow(row, width, style));
  return [
    rule('┌', '┬', '┐'),
    ...rows.flatMap((lines, index) => (index === 0 ? lines : [rule('├', '┼', '┤'), ...lines])),
    rule('└', '┴', '┘'),
  ];
}

function drawRow(cells: Cell[], width: number, style: Style): string[] {
  const border = style.faint('│');
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = cells.map(({ lines, paint }) => paint((lines[line] ?? '').padEnd(width)));
    return `${border} ${texts.join(` ${border} `)} ${border}`;
  });
}

/** What is written in a slice: who has it, which chips, and its cores between the brackets of these. */
function cellOf(host: Host, slice: number, name: string | undefined, perLine: number): string[] {
  const first = slice * host.cores;
  const last = first + host.cores - 1;
  const [firstChip, lastChip] = [first, last].map((core) => Math.floor(core / host.coresPerChip));
  const chips = Array.from({ length: lastChip - firstChip + 1 }, (_, i) => {
    const start = (firstChip + i) * host.coresPerChip;
    const end = start + host.coresPerChip - 1;
    const cores = Math.min(end, last) - Math.max(start, first) + 1;
    return (start >= first ? '[' : ' ') + (name === undefined ? '□' : '■').repeat(cores) + (end <= last ? ']' : ' ');
  });
  return [
    name ?? 'free',
    firstChip === lastChip ? `chip ${firstChip}` : `chips ${firstChip}-${lastChip}`,
    ...chunks(chips, perLine).map((line) => line.join(' ')),
  ];
}

/** How many chips of a slice are drawn beside each other. */
function chipsPerLine({ cores, coresPerChip }: Host, columns: number): number {
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
