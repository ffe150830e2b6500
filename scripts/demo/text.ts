/** Maximum width of a line of the report. */
export const COLUMNS = 100;

export const INDENT = '  ';

export function indented(line: string): string {
  return line && INDENT + line;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lists things as in a sentence: `a`, `a or b`, `a, b or c`. */
export function listed(items: (string | number)[], conjunction: 'and' | 'or'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items[items.length - 1]}`;
}

/** `chips 0-3`, or `chip 0` if there is only one. */
export function ranged(noun: string, first: number, last: number): string {
  return first === last ? `${noun} ${first}` : `${noun}s ${first}-${last}`;
}

/** Wraps a list with commas to as many lines as it needs. */
export function wrappedList(items: string[], columns: number): string[] {
  const lines: string[][] = [[]];
  for (const item of items) {
    const line = lines[lines.length - 1];
    if (line.length === 0 || [...line, item, ''].join(', ').length <= columns) line.push(item);
    else lines.push([item]);
  }
  return lines.map((line, i) => line.join(', ') + (i < lines.length - 1 ? ',' : ''));
}

/** Wraps a sentence to as many lines as it needs. */
export function wrappedText(text: string, columns: number): string[] {
  return text
    .split(' ')
    .filter(Boolean)
    .reduce<string[]>((lines, word) => {
      const last = lines[lines.length - 1];
      if (last === undefined || visible(`${last} ${word}`).length > columns) return [...lines, word];
      return [...lines.slice(0, -1), `${last} ${word}`];
    }, []);
}

/** Text without its colors. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[\d+m/g, '');
}
