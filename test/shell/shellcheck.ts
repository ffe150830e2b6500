import { spawnSync } from 'child_process';

interface Comment {
  readonly line: number;
  readonly code: number;
  readonly message: string;
}

/** Findings that do not matter: lines added to a file one by one, and a function that only a trap calls. */
const EXCLUDED = ['SC2129', 'SC2329'];

/** What ShellCheck finds in a script. It must be there: `npm run test:shell` installs it and runs the tests that need it. */
export function shellcheck(script: string): string[] {
  const { error, stdout } = spawnSync('shellcheck', ['--shell=bash', '--format=json', `--exclude=${EXCLUDED.join()}`, '-'], {
    input: script,
    encoding: 'utf8',
  });
  if (error) throw new Error(`ShellCheck is not installed, run \`npm run test:shell\`: ${error.message}`);
  return (JSON.parse(stdout) as Comment[]).map(({ line, code, message }) => `line ${line}: SC${code}: ${message}`);
}
