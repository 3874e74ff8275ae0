import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { type Figures, median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';
import { peakMemoryBytes } from './process-memory.ts';

const BATCH_SIZE = 100;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;
const MEMORY_ROUNDS = 3;
const CLI = fileURLToPath(new URL('../../queue/cli/bin.mjs', import.meta.url));

/**
 * `proofbook verify FILE` on an `app` and on a `stark` receipt of 100 commands: the whole process from start to exit with the prover
 * host that it starts, the seal check alone, and the memory of both processes. Start is all but the seal check.
 */
export async function verifyBench(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-bench-'));
  const prover = await Prover.start();
  try {
    const app = await measureKind('app', prover, folder);
    const stark = await measureKind('stark', prover, folder);
    return {
      verify_milliseconds: app.commandMs,
      seal_check_milliseconds: app.sealMs,
      start_milliseconds: app.commandMs - app.sealMs,
      peak_memory_bytes: app.memoryBytes,
      receipt_bytes: app.receiptBytes,
      stark_verify_milliseconds: stark.commandMs,
      stark_seal_check_milliseconds: stark.sealMs,
      stark_peak_memory_bytes: stark.memoryBytes,
      stark_receipt_bytes: stark.receiptBytes,
    };
  } finally {
    await prover.close();
    rmSync(folder, { recursive: true });
  }
}

/** Medians; of memory, the greatest. */
interface VerifyFigures {
  readonly commandMs: number;
  readonly sealMs: number;
  readonly memoryBytes: number;
  readonly receiptBytes: number;
}

async function measureKind(kind: 'app' | 'stark', prover: Prover, folder: string): Promise<VerifyFigures> {
  const receipt = await proveOne(kind, prover);
  const bytes = receipt.encode();
  const file = join(folder, `${kind}.receipt`);
  writeFileSync(file, bytes);
  const command = [CLI, 'verify', file];
  const sealMs: number[] = [];
  const commandMs: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    sealMs.push(await timed(() => receipt.verify(receipt.imageId, { prover })));
    commandMs.push(await timed(() => execFileSync(process.execPath, command, { stdio: 'ignore' })));
  }
  const memory: number[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    memory.push(await peakMemoryBytes(process.execPath, command));
  }
  return {
    commandMs: median(commandMs.slice(WARM_UP_ROUNDS)),
    sealMs: median(sealMs.slice(WARM_UP_ROUNDS)),
    memoryBytes: Math.max(...memory),
    receiptBytes: bytes.length,
  };
}

function proveOne(kind: 'app' | 'stark', prover: Prover): Promise<Receipt> {
  const [batch] = mixedBatches(1, BATCH_SIZE);
  if (batch === undefined) throw new Error('no batch');
  const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
  return prover.prove(env, loadGuestImage(), { kind });
}

async function timed(action: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}
