import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../queue/cli/main.ts', import.meta.url));

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `proofbook` as a process of its own, as a user does. */
export function startCli(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const finished: Promise<CliResult> = once(child, 'close').then(() => ({
    exitCode: child.exitCode,
    stdout,
    stderr,
  }));
  if (child.pid === undefined) throw new Error('the command line did not start');
  return { pid: child.pid, finished, stderrSoFar: () => stderr };
}

/** Runs `proofbook` to its end. */
export function runCli(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  return startCli(args, environment).finished;
}
