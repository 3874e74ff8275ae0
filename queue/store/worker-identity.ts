import { readFileSync } from 'node:fs';

/** Names one process: a pid may be used again, a pid with its start time is not. */
export interface WorkerIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, as /proc says it; empty where there is no /proc. */
  readonly started: string;
}

/** The identity of a running process. */
export function workerIdentity(pid: number): WorkerIdentity {
  return { pid, started: startTicks(pid) ?? '' };
}

/** True while exactly that process lives. A zombie is dead: it will never write again. */
export function isAlive(worker: WorkerIdentity): boolean {
  if (worker.started !== '') return startTicks(worker.pid) === worker.started;
  try {
    process.kill(worker.pid, 0);
    return true;
  } catch {
    return false;
  }
}

const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

// /proc/PID/stat: pid (name) state ...; the name may hold spaces and parentheses, so fields count from its last ')'.
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[STATE_FIELD];
    return state === 'Z' || state === 'X' ? undefined : fields[START_TIME_FIELD];
  } catch {
    return undefined;
  }
}
