import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import { verifyChain } from '../../prover/verifier/verify-chain.ts';
import { CommandLog, type CommandLogContent } from '../store/command-log.ts';
import { type DataPaths, dataPaths, receiptPath } from '../store/data-directory.ts';
import { type Manifest, readManifest } from '../store/manifest.ts';
import { parseCommandLine } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output, ProgressLine } from './output.ts';
import { replayReceipts } from './replay-receipts.ts';

/**
 * `proofbook audit --from-genesis DIR`: replays the command log through the engine, compares every field of every journal,
 * then verifies every receipt and the chain. It needs no queue, no store and no network: only the files.
 */
export async function runAudit(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      'from-genesis': { type: 'string' },
      'accept-fake': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const root = values['from-genesis'];
  if (root === undefined) {
    throw new ProofbookError('USAGE', {
      field: '--from-genesis',
      value: 'absent',
      reason: 'name a data directory',
    });
  }
  const startedMs = performance.now();
  const paths = dataPaths(root);
  const manifest = readManifest(paths.manifest);
  const log = new CommandLog(paths.commandLog).read();
  requireManifestHolds(manifest, log);
  const receipts = compareReplay(paths, log, output.progress);
  const configDigest = blake3(log.marketConfig) as Digest;
  output.progress.show(`verifying ${receipts.length} receipts`);
  const chain = await verifyChain(receipts, {
    imageId: PINNED_IMAGE.imageId,
    configDigest,
    fromGenesis: true,
    ...(values['accept-fake'] ? { acceptFake: true } : {}),
  });
  requireProofPolicy(manifest, receipts);
  output.progress.finish();
  const commands = chain.journals.reduce((sum, { commandCount }) => sum + commandCount, 0);
  const transitions = chain.journals.reduce((sum, { transitionCount }) => sum + transitionCount, 0);
  const postStateRoot = Buffer.from(chain.postStateRoot).toString('hex');
  const auditMilliseconds = Math.round(performance.now() - startedMs);
  output.result(
    values.json
      ? JSON.stringify({
          verified: true,
          batches: receipts.length,
          commands,
          transitions,
          postStateRoot,
          auditMilliseconds,
        })
      : `${root}: everything holds: ${receipts.length} batches from genesis, ${commands} commands, ${transitions} transitions, state root ${postStateRoot} (${auditMilliseconds} ms)`,
  );
  return EXIT_CODES.success;
}

/** The manifest is for people, but one that contradicts the files is a sign of tampering. */
function requireManifestHolds(manifest: Manifest, log: CommandLogContent): void {
  const diverge = (field: string, value: string | number, expected: string | number): never => {
    throw new ProofbookError('AUDIT_DIVERGED', { batchNumber: 'all', field, value, expected });
  };
  const config = Buffer.from(log.marketConfig).toString('hex');
  if (manifest.marketConfig !== config) diverge('marketConfig', manifest.marketConfig, config);
  if (manifest.imageId !== PINNED_IMAGE.imageId) {
    throw new ProofbookError('IMAGE_NOT_PINNED', { value: manifest.imageId, expected: PINNED_IMAGE.imageId });
  }
  if (manifest.batchCount === null)
    diverge('batchCount', 'null: the run was not finished', log.batches.length);
  else if (manifest.batchCount !== log.batches.length) {
    diverge('batchCount', manifest.batchCount, log.batches.length);
  }
}

/** The receipts are of the kind and under the parameters that the manifest promises. */
function requireProofPolicy(manifest: Manifest, receipts: readonly Receipt[]): void {
  for (const [index, { kind, parametersDigest }] of receipts.entries()) {
    // A fake one is there only by the caller's leave, and has the parameters of no proof.
    if (kind === 'fake') continue;
    if (kind !== manifest.receiptKind) {
      diverge(index + 1, 'receipt kind', kind, manifest.receiptKind);
    }
    if (parametersDigest !== manifest.parametersDigest) {
      diverge(index + 1, 'parametersDigest', parametersDigest, manifest.parametersDigest);
    }
  }
}

/** Replays every batch against its receipt. What a batch gives is compared on the way; nobody keeps it. */
function compareReplay(paths: DataPaths, log: CommandLogContent, progress: ProgressLine): readonly Receipt[] {
  const receipts = Array.from(replayReceipts(paths, log, progress), ({ receipt }) => receipt);
  const wanted = new Set(receipts.map((_, index) => basename(receiptPath(paths, index + 1))));
  for (const name of readdirSync(paths.receipts).sort()) {
    if (name.endsWith('.receipt') && !wanted.has(name))
      diverge(log.batches.length + 1, 'receipt', join(paths.receipts, name), 'no such batch');
  }
  return receipts;
}

function diverge(
  number: number,
  field: string,
  value: string | number | bigint,
  expected: string | number | bigint,
): never {
  throw new ProofbookError('AUDIT_DIVERGED', { batchNumber: number, field, value, expected });
}
