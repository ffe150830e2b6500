import * as path from 'path';
import { Arrows, importsOf, Sources } from './arrows';
import { circlesIn } from './circles';
import { FAMILIES, FLOORS, LONG_FILES, MAX_LINES, ROOF } from './plan';

/** Every problem of the source files, one line each. */
export function problemsOf(sources: Sources): string[] {
  const imports = importsOf(sources);
  return [
    ...floorProblems(imports),
    ...indexProblems(imports),
    ...fileCircles(imports),
    ...roomCircles(imports),
    ...lengthProblems(sources),
  ];
}

/** A room is a folder, at any depth, that directly holds source files. */
export function roomsOf(sources: Sources): Set<string> {
  return new Set([...sources.keys()].map(roomOf));
}

/** Imports that run upward or sideways between the folders of `src`, and imports of a family. */
export function floorProblems(imports: Arrows, floors = FLOORS): string[] {
  return pairsOf(imports).flatMap(([from, to]) => {
    const advice = adviceFor(folderOf(from), folderOf(to), floors);
    return advice ? [`${from} -> ${to}: ${advice}`] : [];
  });
}

function adviceFor(from: string, to: string, floors: typeof FLOORS): string | undefined {
  const named = floors.flat().concat(ROOF);
  const floorOf = (folder: string) => floors.findIndex((floor) => floor.includes(named.includes(folder) ? folder : FAMILIES));
  if (from === to || from === ROOF) return undefined;
  if (!named.includes(to)) {
    return named.includes(from)
      ? 'A shared folder imports no family; let the family pass in what the shared code needs.'
      : 'A family imports no other family; move what both need to a shared folder.';
  }
  if (to !== ROOF && floorOf(to) < floorOf(from)) return undefined;
  return `Imports run downward only; move what is imported to \`src/${from}\` or to a lower floor.`;
}

/** Imports of an `index.ts` by a file that is none. */
export function indexProblems(imports: Arrows): string[] {
  return pairsOf(imports)
    .filter(([from, to]) => isIndex(to) && !isIndex(from))
    .map(([from, to]) => `${from} -> ${to}: Only an index.ts imports an index.ts; import the file that declares the name.`);
}

/** Files that import each other, directly or by way of others. */
export function fileCircles(imports: Arrows): string[] {
  return circlesIn(imports).map((circle) => `${circle.join(' -> ')}: Files form a circle; move what they share to a file of its own.`);
}

/** Rooms that import each other. An `index.ts` belongs to no room, so that it may export from the rooms below its folder. */
export function roomCircles(imports: Arrows): string[] {
  const pairs = pairsOf(imports).filter(([from, to]) => !isIndex(from) && !isIndex(to) && roomOf(from) !== roomOf(to));
  const rooms = new Map<string, string[]>();
  const examples = new Map<string, string>();
  for (const [from, to] of pairs) {
    rooms.set(roomOf(from), [...(rooms.get(roomOf(from)) ?? []), roomOf(to)]);
    examples.set(`${roomOf(from)} -> ${roomOf(to)}`, `${from} -> ${to}`);
  }
  return circlesIn(rooms).map((circle) => {
    const files = circle.slice(1).map((room, i) => examples.get(`${circle[i]} -> ${room}`));
    return `${circle.join(' -> ')} (${files.join(', ')}): Rooms form a circle; move what they share to a room below them.`;
  });
}

/** Files that are too long to be read in one go. */
export function lengthProblems(sources: Sources, allowed = LONG_FILES): string[] {
  const lengths = [...sources].map(([file, text]) => [file, text.trimEnd().split('\n').length] as const);
  return lengths
    .filter(([file, lines]) => lines > MAX_LINES && !allowed.includes(file))
    .map(([file, lines]) => `${file}: ${lines} lines, at most ${MAX_LINES}; split it by subject.`);
}

function pairsOf(arrows: Arrows): [string, string][] {
  return [...arrows].flatMap(([from, targets]) => targets.map((to): [string, string] => [from, to]));
}

/** The folder right below `src`; the roof for a file directly in `src`. */
function folderOf(file: string): string {
  return path.posix.dirname(file).split('/')[1] ?? ROOF;
}

function roomOf(file: string): string {
  return path.posix.dirname(file);
}

function isIndex(file: string): boolean {
  return path.posix.basename(file) === 'index.ts';
}
