import { spawnSync } from 'child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';

/** The interpreter that the shebang of user data names. */
const BASH = '/bin/bash';

/** The results of a user data run. */
export interface UserDataRun {
  /** The lines of `/etc/ecs/ecs.config`. */
  readonly config: string[];
  /** The stubbed commands that were run, with their arguments. */
  readonly commands: string[];
}

/** The user data of every launch template of a stack. A reference is shown as the logical id that it names. */
export function userDataOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::LaunchTemplate')).map((resource) =>
    text(resource.Properties.LaunchTemplateData.UserData['Fn::Base64']),
  );
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref') return String(argument);
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(text).join((argument as [string, unknown[]])[0]);
  throw new Error(`User data with an unknown intrinsic function: ${name}`);
}

/** The error of Bash for a script that it cannot parse; empty if it can. */
export function syntaxErrors(script: string): string {
  return spawnSync(BASH, ['-n'], { input: script, encoding: 'utf8' }).stderr;
}

/**
 * Runs user data with its own folders for `/etc/ecs` and `/tmp`, and with only `stubs` as commands.
 *
 * @param bodies scripts of stubs that do more than record their call; they must also be called by name, without a path
 */
export function runUserData(script: string, stubs: string[] = [], bodies: Record<string, string> = {}): UserDataRun {
  const sandbox = mkdtempSync(join(tmpdir(), 'user-data-'));
  try {
    const [etc, bin, log, config] = ['etc', 'bin', 'commands.log', 'etc/ecs.config'].map((name) => join(sandbox, name));
    mkdirSync(etc);
    mkdirSync(bin);
    for (const name of [...stubs, ...Object.keys(bodies)]) {
      writeFileSync(join(bin, name), `#!${BASH}\necho "${name} $*" >> '${log}'\n${bodies[name] ?? ''}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const input = script.replaceAll('/tmp', sandbox).replaceAll('/etc/ecs', etc);
    const { status, stderr } = spawnSync(BASH, { input, encoding: 'utf8', cwd: sandbox, env: { PATH: bin } });
    if (status !== 0 || stderr) throw new Error(`User data failed with ${status}: ${stderr}`);
    return { config: lines(config), commands: lines(log) };
  } finally {
    rmSync(sandbox, { recursive: true });
  }
}

function lines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
