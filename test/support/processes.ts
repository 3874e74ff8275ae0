import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;
const PATIENCE_MS = 240_000;

/** Every running process below `pid`, itself not included, read from /proc; zombies have ended and do not count. */
export function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = statusOf(Number(name));
    if (status === undefined) continue;
    children.set(status.parent, [...(children.get(status.parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const child of children.get(parent) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

/** True while the process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  return statusOf(pid) !== undefined;
}

/** The command line of a process, arguments by spaces. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Polls until `probe` gives something other than undefined or false; the error says what was waited for. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms in vain for ${what}`);
    await delay(POLL_INTERVAL_MS);
  }
}

/** Waits until all of these processes are gone. */
export async function waitUntilGone(pids: readonly number[]): Promise<void> {
  await waitFor(`the end of ${pids.map((pid) => `${pid} ${commandLineOf(pid)}`).join(', ')}`, () =>
    pids.every((pid) => !isRunning(pid)),
  );
}

function statusOf(pid: number): { readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}
