import { spawnSync } from 'child_process';

interface Comment {
  readonly line: number;
  readonly code: number;
  readonly message: string;
}

/** What ShellCheck finds in a script. It must be there: `npm run test:shell` installs it and runs the tests that need it. */
export function shellcheck(script: string): string[] {
  const { error, stdout } = spawnSync('shellcheck', ['--shell=bash', '--format=json', '-'], { input: script, encoding: 'utf8' });
  if (error) throw new Error(`ShellCheck is not installed, run \`npm run test:shell\`: ${error.message}`);
  return (JSON.parse(stdout) as Comment[]).map(({ line, code, message }) => `line ${line}: SC${code}: ${message}`);
}
