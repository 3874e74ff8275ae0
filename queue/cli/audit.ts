import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { Engine } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig, encodeMarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import { verifyChain } from '../../prover/verifier/verify-chain.ts';
import { CommandLog, type CommandLogContent } from '../store/command-log.ts';
import { type DataPaths, dataPaths, receiptPath } from '../store/data-directory.ts';
import { KeptRecordsReader } from '../store/kept-records.ts';
import { type Manifest, readManifest } from '../store/manifest.ts';
import { readStateFile } from '../store/state-file.ts';
import { parseCommandLine, required } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output, ProgressLine } from './output.ts';
import { readReceipt, replayReceipts } from './replay-receipts.ts';

/**
 * `proofbook audit --from-genesis DIR`, or `--from-snapshot FILE --data DIR`: replays the command log through the engine, compares every
 * field of every journal, and every record that the directory still keeps of the batches, then verifies every receipt and the chain. It
 * needs no queue, no store and no network: only the files.
 */
export async function runAudit(args: readonly string[], output: Output): Promise<number> {
  if (args.includes('--aggregate'))
    return (await import('./audit-aggregate.ts')).runAuditAggregate(args, output);
  const { values } = parseCommandLine(
    args,
    {
      'from-genesis': { type: 'string' },
      'from-snapshot': { type: 'string' },
      data: { type: 'string' },
      'accept-fake': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const startedMs = performance.now();
  const stateFile = values['from-snapshot'];
  const root = requireDirectory(values['from-genesis'], stateFile, values.data);
  const paths = dataPaths(root);
  const manifest = readManifest(paths.manifest);
  const log = new CommandLog(paths.commandLog).read();
  requireManifestHolds(manifest, log);
  const start = stateFile === undefined ? undefined : openState(stateFile, paths, log);
  const kept = new KeptRecordsReader(paths);
  const receipts = compareReplay(paths, log, output.progress, start, kept);
  output.progress.show(`verifying ${receipts.length} receipts`);
  const chain = await verifyChain(receipts, {
    imageId: PINNED_IMAGE.imageId,
    configDigest: blake3(log.marketConfig) as Digest,
    fromGenesis: start === undefined,
    ...(values['accept-fake'] ? { acceptFake: true } : {}),
  });
  requireProofPolicy(manifest, receipts, Number(chain.firstBatchNumber));
  output.progress.finish();
  // The receipt of a snapshot's own batch is verified, but that batch is not replayed.
  const replayed = start === undefined ? chain.journals : chain.journals.slice(1);
  const commands = replayed.reduce((sum, { commandCount }) => sum + commandCount, 0);
  const transitions = replayed.reduce((sum, { transitionCount }) => sum + transitionCount, 0);
  const postStateRoot = hex(chain.postStateRoot);
  const auditMilliseconds = Math.round(performance.now() - startedMs);
  const from = start === undefined ? 'from genesis' : `from the state after batch ${chain.firstBatchNumber}`;
  output.result(
    values.json
      ? JSON.stringify({
          verified: true,
          firstBatchNumber: String(chain.firstBatchNumber + (start === undefined ? 0n : 1n)),
          batches: replayed.length,
          commands,
          transitions,
          batchesWithRecords: kept.batchesFound,
          postStateRoot,
          auditMilliseconds,
        })
      : `${root}: everything holds: ${replayed.length} batches ${from}, ${commands} commands, ${transitions} transitions, records kept of ${kept.batchesFound}, state root ${postStateRoot} (${auditMilliseconds} ms)`,
  );
  return EXIT_CODES.success;
}

/** The data directory: behind `--from-genesis`, or behind `--data` when the replay starts at a snapshot. */
function requireDirectory(
  fromGenesis: string | undefined,
  fromSnapshot: string | undefined,
  data: string | undefined,
): string {
  if (fromSnapshot !== undefined && fromGenesis === undefined) return required('--data', data);
  if (fromSnapshot === undefined && data === undefined) return required('--from-genesis', fromGenesis);
  throw new ProofbookError('USAGE', {
    field: '--from-genesis',
    value: JSON.stringify(fromGenesis ?? 'absent'),
    reason: 'give either --from-genesis DIR or --from-snapshot FILE with --data DIR',
  });
}

/** Where a replay starts that is not from genesis: the engine in a claimed state, and the receipt that must prove it. */
interface ProvenStart {
  readonly engine: Engine;
  readonly receipt: Receipt;
}

/** Opens the state of a file and compares its root with what the receipt of its batch states; `verifyChain` verifies that receipt later. */
function openState(file: string, paths: DataPaths, log: CommandLogContent): ProvenStart {
  const { batchNumber, stateRoot, snapshot } = readStateFile(file);
  const engine = Engine.restore(snapshot);
  const config = hex(encodeMarketConfig(engine.config));
  const refuse = (field: string, value: string | number | bigint, expected: string | number): never => {
    throw new ProofbookError('STATE_NOT_PROVEN', { path: file, field, value, batchNumber, expected });
  };
  if (config !== hex(log.marketConfig)) refuse('marketConfig', config, hex(log.marketConfig));
  if (batchNumber > log.batches.length) refuse('batchNumber', batchNumber, log.batches.length);
  const number = Number(batchNumber);
  const receipt = readReceipt(receiptPath(paths, number), number);
  const proven = decodeJournal(receipt.journal);
  if (proven.batchNumber !== batchNumber) diverge(number, 'batchNumber', proven.batchNumber, batchNumber);
  if (stateRoot !== hex(proven.postStateRoot)) refuse('stateRoot', stateRoot, hex(proven.postStateRoot));
  return { engine, receipt };
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
function requireProofPolicy(manifest: Manifest, receipts: readonly Receipt[], first: number): void {
  for (const [index, { kind, parametersDigest }] of receipts.entries()) {
    // A fake one is there only by the caller's leave, and has the parameters of no proof.
    if (kind === 'fake') continue;
    if (kind !== manifest.receiptKind) {
      diverge(first + index, 'receipt kind', kind, manifest.receiptKind);
    }
    if (parametersDigest !== manifest.parametersDigest) {
      diverge(first + index, 'parametersDigest', parametersDigest, manifest.parametersDigest);
    }
  }
}

/** Replays every batch against its receipt. What a batch gives is compared on the way; nobody keeps it. */
function compareReplay(
  paths: DataPaths,
  log: CommandLogContent,
  progress: ProgressLine,
  start: ProvenStart | undefined,
  kept: KeptRecordsReader,
): readonly Receipt[] {
  const engine = start?.engine ?? Engine.create(decodeMarketConfig(log.marketConfig));
  const replayed = Array.from(replayReceipts(paths, log, progress, engine, kept), ({ receipt }) => receipt);
  const wanted = new Set(log.batches.map((_, index) => basename(receiptPath(paths, index + 1))));
  for (const name of readdirSync(paths.receipts).sort()) {
    if (!name.endsWith('.receipt') || wanted.has(name)) continue;
    diverge(log.batches.length + 1, 'receipt', join(paths.receipts, name), 'no such batch');
  }
  return start === undefined ? replayed : [start.receipt, ...replayed];
}

function diverge(
  number: number,
  field: string,
  value: string | number | bigint,
  expected: string | number | bigint,
): never {
  throw new ProofbookError('AUDIT_DIVERGED', { batchNumber: number, field, value, expected });
}
