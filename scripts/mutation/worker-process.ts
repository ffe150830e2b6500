import { ChildProcess, fork } from 'child_process';
import * as path from 'path';
import { ROOT } from './source';
import type { Task } from './worker';

/** After so many tasks a process is replaced, because what tests leave behind adds up. */
const TASKS = 200;

/** A process that runs tests. It is replaced when it hangs or dies. */
export class WorkerProcess {
  private child?: ChildProcess;
  private tasks = 0;

  /** The answer to a task, or a string that says why there is none. */
  public async ask<T>(task: Task, timeoutSeconds: number): Promise<T | string> {
    if (this.tasks++ >= TASKS) this.stop();
    const child = (this.child ??= await this.start());
    return new Promise((done) => {
      const end = (answer: T | string) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (typeof answer === 'string') this.stop();
        done(answer);
      };
      const timer = setTimeout(() => end('does not end'), timeoutSeconds * 1000);
      child.once('message', (answer) => end(answer as T));
      child.once('exit', () => end('ends the process'));
      child.send(task);
    });
  }

  public stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
    this.tasks = 0;
  }

  /** A process that has loaded what all tests need, so that this does not count as the time of a test. */
  private async start(): Promise<ChildProcess> {
    const execArgv = ['--require', require.resolve('tsx/cjs'), '--max-old-space-size=4096'];
    const child = fork(path.join(__dirname, 'worker.ts'), { execArgv, cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await new Promise((ready) => child.once('message', ready).once('exit', ready));
    child.removeAllListeners();
    return child;
  }
}
