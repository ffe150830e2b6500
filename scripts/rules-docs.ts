/** Writes the table of docs/rules.md from the rules, between its two markers. A unit test compares the file with the rules. */
import { readFileSync, writeFileSync } from 'fs';
import * as path from 'path';
import { Rule } from '../src/rules';

const FILE = path.join(__dirname, '..', 'docs', 'rules.md');
const BEGIN = '<!-- rules: begin -->';
const END = '<!-- rules: end -->';

/** The table as docs/rules.md must contain it. */
export function table(): string {
  const rows = Rule.list().map(({ id, props }) => `| \`${id}\` | ${props.level} | ${props.says} | [page](${props.source}) |`);
  return ['| id | level | what it says | source |', '|---|---|---|---|', ...rows].join('\n');
}

/** Returns docs/rules.md with an up-to-date table. */
export function upToDate(markdown: string): string {
  const [before, rest] = markdown.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`docs/rules.md needs the lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${table()}\n${END}${after}`;
}

if (require.main === module) writeFileSync(FILE, upToDate(readFileSync(FILE, 'utf8')));
