/** Proves the structure of `src`: no import runs upward, there are no circles, and no file is too long. The floors stand in house/plan.ts. */
import * as path from 'path';
import { readSources } from './house/arrows';
import { problemsOf, roomsOf } from './house/checks';

const sources = readSources(path.join(__dirname, '..'));
const problems = problemsOf(sources);

if (problems.length === 0) {
  console.log(`src: ${sources.size} files in ${roomsOf(sources).size} rooms, no import runs upward, no circles`);
} else {
  problems.forEach((problem) => console.error(problem));
  process.exitCode = 1;
}
