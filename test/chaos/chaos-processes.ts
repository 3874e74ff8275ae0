import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { commandLineOf, descendantsOf } from '../support/processes.ts';

const WORKER = /bin\.mjs worker /;
const HOST = /fake-host\/main\.ts|proofbook-host/;
const REDIS = /^\S*(redis|valkey)-server/;

/** The process that a round started, with all that it starts. */
export class ChaosProcesses {
  #child: ChildProcess | undefined;

  get child(): ChildProcess | undefined {
    return this.#child;
  }

  set child(child: ChildProcess | undefined) {
    this.#child = child;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined;
  }

  get workers(): readonly number[] {
    return below(this.pid, WORKER);
  }

  get hosts(): readonly number[] {
    return below(this.pid, HOST);
  }

  get redis(): readonly number[] {
    return below(this.pid, REDIS);
  }

  hostsOf(workerPid: number): readonly number[] {
    return below(workerPid, HOST);
  }

  /** Sends the signal and waits for the end. @returns the exit code */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

function below(pid: number | undefined, pattern: RegExp): readonly number[] {
  return pid === undefined ? [] : descendantsOf(pid).filter((one) => pattern.test(commandLineOf(one)));
}
