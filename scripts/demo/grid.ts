import { Style } from './style';

/** A cell of a grid. */
export interface Cell {
  readonly lines: string[];
  readonly paint: (text: string) => string;
}

/** Maximum length of a name that is shown whole in a grid of several cells. */
const LONGEST_NAME = 14;

/**
 * Draws cells side by side, or in rows of the same length if they do not fit. At most `columns` wide.
 *
 * @param alike whether all cells have the same width, even if they fit without it
 */
export function drawGrid(cells: Cell[], alike: boolean, columns: number, style: Style): string[] {
  const widths = columnWidths(cells, alike, columns);
  const rule = (left: string, middle: string, right: string) =>
    style.faint(left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right);
  const rows = chunks(cells, widths.length).map((row) => drawRow(row, widths, style));
  return [
    rule('┌', '┬', '┐'),
    ...rows.flatMap((lines, index) => (index === 0 ? lines : [rule('├', '┼', '┤'), ...lines])),
    rule('└', '┴', '┘'),
  ];
}

/** How a cell is painted: in the color of its workload, or faint if it is free. */
export function paintOf(name: string | undefined, workloads: string[], style: Style): Cell['paint'] {
  return (text) => (name === undefined ? style.faint(text) : style.workload(workloads.indexOf(name), text));
}

/** Shortens a name to fit into one of that many cells. */
export function shortened(name: string, cells: number, columns: number): string {
  const length = cells === 1 ? columns - 4 : LONGEST_NAME;
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}

function columnWidths(cells: Cell[], alike: boolean, columns: number): number[] {
  const widths = cells.map(({ lines }) => Math.max(...lines.map((line) => line.length)));
  if (!alike && widths.reduce((sum, width) => sum + width + 3, 1) <= columns) return widths;
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

export function largestDivisor(n: number, max: number): number {
  for (let divisor = Math.min(n, max); divisor > 1; divisor--) if (n % divisor === 0) return divisor;
  return 1;
}

export function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
