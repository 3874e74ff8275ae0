import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const POLL_MS = 2;

/**
 * Runs a program to its end and returns the most memory that it and the processes below it held, each at its own greatest, in bytes:
 * the high-water marks of the kernel (VmHWM), read until a process is gone. Linux.
 */
export async function peakMemoryBytes(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const peaks = new Map<number, number>();
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start`);
  const timer = setInterval(() => notePeaks(pid, peaks), POLL_MS);
  const [exitCode] = await once(child, 'exit');
  clearInterval(timer);
  if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${exitCode}`);
  return [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function notePeaks(pid: number, peaks: Map<number, number>): void {
  const status = readProc(`${pid}/status`);
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes !== undefined) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, Number(kibibytes) * 1024));
  // Every thread may have children of its own, but in Node and in the host it is the first that has.
  for (const below of readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean)) {
    notePeaks(Number(below), peaks);
  }
}

/** A process that is gone has no files any more. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
