import { spawnSync } from 'child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';

/** Commands that a host really runs, on its own files. Every other command must be a stub. */
const REAL = ['cat', 'chmod', 'cmp', 'cp', 'find', 'grep', 'mkdir', 'mktemp', 'mv', 'readlink', 'rm', 'sed', 'sort', 'tail', 'wc'];

/** The folders of the host that scripts of this library use. */
const FOLDERS = /(?<![\w.:/])\/(dev|etc|lib|mnt|opt|tmp|usr|var)\//g;

/** The files of every host. */
const EMPTY = {
  '/dev/console': '',
  '/etc/ecs/ecs.config': '',
  '/etc/sysctl.d/README': '',
  '/tmp/none': '',
  '/var/log/cloud-init-output.log': '',
};

/** The results of a script run, except files. */
export interface Run {
  readonly status: number | null;
  readonly stderr: string;
  /** The stubbed commands that were run, with their arguments. */
  readonly commands: string[];
}

/** A host with its own files that can run user data repeatedly. */
export class LinuxHost {
  private readonly root = mkdtempSync(join(tmpdir(), 'host-'));

  /**
   * @param files initial files, by path
   * @param stubs commands of the host that only record their calls
   * @param effects what some of these commands also do, as scripts
   */
  constructor(files: Record<string, string>, stubs: string[], effects: Record<string, string> = {}) {
    for (const [path, text] of Object.entries({ ...EMPTY, ...files })) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text, { mode: 0o755 });
    }
    const bin = join(this.root, 'bin');
    mkdirSync(bin);
    for (const name of REAL) symlinkSync(output('bash', ['-c', `command -v ${name}`]), join(bin, name));
    // The interpreter itself, because the command on the PATH may be a script that looks for it.
    symlinkSync(output('python3', ['-c', 'import sys; print(sys.executable)']), join(bin, 'python3'));
    for (const name of stubs) {
      writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >> '${this.log}'\n${this.inside(effects[name] ?? '')}\n`);
      chmodSync(join(bin, name), 0o755);
    }
  }

  /** Runs a script as root on the host would. */
  public run(script: string): Run {
    rmSync(this.log, { force: true });
    const input = this.inside(script);
    const { status, stderr } = spawnSync('/bin/bash', {
      input,
      encoding: 'utf8',
      cwd: this.root,
      env: { PATH: join(this.root, 'bin'), TMPDIR: join(this.root, 'tmp') },
    });
    const commands = existsSync(this.log) ? readFileSync(this.log, 'utf8').replaceAll(this.root, '') : '';
    return { status, stderr, commands: commands.split('\n').filter(Boolean) };
  }

  /** The text of a file. */
  public read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Writes a file. */
  public write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Makes a symbolic link. */
  public link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(join(this.root, target), join(this.root, path));
  }

  /** Removes a file, or a folder with what is in it. */
  public delete(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  public remove(): void {
    rmSync(this.root, { recursive: true });
  }

  private inside(script: string): string {
    return script.replace(FOLDERS, (path) => this.root + path);
  }

  private get log(): string {
    return join(this.root, 'commands.log');
  }
}

function output(command: string, args: string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout.trim();
}
