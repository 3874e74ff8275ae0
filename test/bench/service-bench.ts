import { readFileSync } from 'node:fs';
import { encodeCommands } from '../../engine/command.ts';
import { COMMAND_BYTES } from '../../engine/command-record.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { RunningService } from '../support/running-service.ts';
import type { Figures } from './bench-result.ts';
import { applyLoad } from './service-load.ts';

const SEED = 6n;
const COMMANDS_PER_SECOND = 10_000;
const REQUEST_RECORDS = 100;
const WARM_UP_MS = 3_000;
const DURATION_S = 60;
const PAGE_BYTES = 4096;
const FLOW_COMMANDS = 20_000;

/**
 * Packed commands through HTTP at a fixed rate, each on the disk before its ack. Batches are sealed and stored meanwhile; proofs are
 * left to nobody, for they would only take the cores away.
 *
 * @param durationS seconds; 60 unless PROOFBOOK_BENCH_SECONDS says otherwise
 */
export async function serviceBench(
  durationS = Number(process.env.PROOFBOOK_BENCH_SECONDS ?? DURATION_S),
): Promise<Figures> {
  const bodies = requestBodies();
  const service = await RunningService.start({
    args: [
      '--no-auth',
      '--kind',
      'fake',
      '--allow-fake',
      '--workers',
      '0',
      '--log-level',
      'warn',
      '--open-jobs',
      '100000',
    ],
  });
  try {
    const load = (durationMs: number) =>
      applyLoad({
        url: `${service.url}/v1/markets/1/commands?acks=none`,
        commandsPerSecond: COMMANDS_PER_SECOND,
        requestRecords: REQUEST_RECORDS,
        durationMs,
        body: (index) => bodies[index % bodies.length] ?? new Uint8Array(),
      });
    await load(WARM_UP_MS);
    const memoryBefore = residentBytes(service.pid);
    const { ackMs, acknowledgedCommands, refusedRequests, elapsedMs } = await load(durationS * 1000);
    const memoryAfter = residentBytes(service.pid);
    const quantile = (share: number) =>
      ackMs[Math.min(ackMs.length - 1, Math.floor(ackMs.length * share))] ?? 0;
    return {
      commands_per_second: acknowledgedCommands / (elapsedMs / 1000),
      p50_ack_ms: quantile(0.5),
      p99_ack_ms: quantile(0.99),
      max_ack_ms: ackMs.at(-1) ?? 0,
      refused_requests: refusedRequests,
      memory_growth_bytes: memoryAfter - memoryBefore,
      duration_seconds: elapsedMs / 1000,
    };
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}

/** Seeded flow in requests of one size. The cancels name orders of the first round: in later ones they are rejected, on record. */
function requestBodies(): readonly Uint8Array[] {
  const records = encodeCommands(seededFlow(SEED, FLOW_COMMANDS).commands.map(({ command }) => command));
  const requestBytes = REQUEST_RECORDS * COMMAND_BYTES;
  return Array.from({ length: Math.floor(records.length / requestBytes) }, (_, index) =>
    records.slice(index * requestBytes, (index + 1) * requestBytes),
  );
}

function residentBytes(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * PAGE_BYTES;
}
