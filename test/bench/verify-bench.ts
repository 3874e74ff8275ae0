import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 100;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;
const CLI = fileURLToPath(new URL('../../queue/cli/bin.mjs', import.meta.url));

/**
 * `proofbook verify FILE` on an `app` receipt of 100 commands: the whole process from start to exit, and the
 * seal check alone.
 */
export async function verifyBench(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-bench-'));
  const file = join(folder, 'batch.receipt');
  const prover = await Prover.start();
  try {
    const image = loadGuestImage();
    const [batch] = mixedBatches(1, BATCH_SIZE);
    if (batch === undefined) throw new Error('no batch');
    const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
    const receipt = await prover.prove(env, image, { kind: 'app' });
    writeFileSync(file, receipt.encode());
    const sealMs: number[] = [];
    const commandMs: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      sealMs.push(await timed(() => receipt.verify(image.imageId, { prover })));
      commandMs.push(
        await timed(() => execFileSync(process.execPath, [CLI, 'verify', file], { stdio: 'ignore' })),
      );
    }
    return {
      verify_milliseconds: median(commandMs.slice(WARM_UP_ROUNDS)),
      seal_check_milliseconds: median(sealMs.slice(WARM_UP_ROUNDS)),
    };
  } finally {
    await prover.close();
    rmSync(folder, { recursive: true });
  }
}

async function timed(action: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}
