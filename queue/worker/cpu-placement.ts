import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { findProgram } from '../redis/find-program.ts';

/** On which cores a prover host shall run. */
export interface PlacementWish {
  /** Cores as the kernel writes them, `0-3,6`. */
  readonly cpus?: string | undefined;
  /** A NUMA node: its cores and its memory. */
  readonly numa?: number | undefined;
}

/** How a prover host is started to run there. */
export interface Placement {
  /** Program and arguments that go before the host's; empty for none. */
  readonly launcher: readonly string[];
  /** Why the wish could not be followed, for the operator. */
  readonly warning: string | undefined;
}

const CORE_MAX = 4_095;

/**
 * Finds out how to follow a wish on this machine: `taskset` for cores, `numactl` for a node, and the node's cores by
 * `taskset` where there is no `numactl`. Where none of that is there, the host runs anywhere and a warning says so.
 *
 * @param systemRoot where the kernel tells of its topology: /sys
 * @throws USAGE for cores or a node that this machine does not have
 */
export function placementOf(wish: PlacementWish, searchPath: string, systemRoot = '/sys'): Placement {
  const { cpus, numa } = wish;
  if (cpus === undefined && numa === undefined) return { launcher: [], warning: undefined };
  const online = readCores(join(systemRoot, 'devices/system/cpu/online'));
  if (online === undefined) return nowhere('this system does not tell its cores');
  if (cpus !== undefined) requireCores(cpus, online);
  const nodeCores = numa === undefined ? undefined : coresOfNode(numa, systemRoot);
  const taskset = findProgram(['taskset'], searchPath);
  const numactl = findProgram(['numactl'], searchPath);
  const launcher: string[] = [];
  if (numa !== undefined && numactl !== undefined) {
    launcher.push(numactl, `--cpunodebind=${numa}`, `--membind=${numa}`);
  }
  const list = cpus ?? (launcher.length === 0 ? nodeCores : undefined);
  if (list !== undefined && taskset !== undefined) launcher.push(taskset, '--cpu-list', list);
  if (launcher.length === 0) return nowhere('neither taskset nor numactl is on PATH');
  const isMemoryFree = numa !== undefined && numactl === undefined;
  const warning = isMemoryFree
    ? `numactl is not on PATH: memory of node ${numa} is not preferred`
    : undefined;
  return { launcher, warning };
}

/** The cores of a list as the kernel writes it; undefined when it is none. @example parseCores('0-2,5') // {0, 1, 2, 5} */
export function parseCores(text: string): ReadonlySet<number> | undefined {
  const cores = new Set<number>();
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    if (first === '' || Number(last) < Number(first) || Number(last) > CORE_MAX) return undefined;
    for (let core = Number(first); core <= Number(last); core++) cores.add(core);
  }
  return cores;
}

function nowhere(reason: string): Placement {
  return { launcher: [], warning: `--cpus and --numa have no effect: ${reason}` };
}

function readCores(path: string): ReadonlySet<number> | undefined {
  return existsSync(path) ? parseCores(readFileSync(path, 'utf8').trim()) : undefined;
}

function requireCores(cpus: string, online: ReadonlySet<number>): void {
  const wanted = parseCores(cpus);
  const missing = [...(wanted ?? [])].find((core) => !online.has(core));
  if (wanted !== undefined && missing === undefined) return;
  const reason = wanted === undefined ? 'must be cores like 0-3,6' : `core ${missing} is not online`;
  throw new ProofbookError('USAGE', { field: '--cpus', value: JSON.stringify(cpus), reason });
}

function coresOfNode(numa: number, systemRoot: string): string {
  const path = join(systemRoot, `devices/system/node/node${numa}/cpulist`);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  throw new ProofbookError('USAGE', {
    field: '--numa',
    value: numa,
    reason: 'this machine has no such node',
  });
}
