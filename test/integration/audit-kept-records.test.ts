import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAggregateJournal } from '../../engine/aggregate-journal.ts';
import { hex } from '../../engine/hex.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import { aggregateJournalOf } from '../../prover/aggregation/aggregate-run.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { PINNED_AGGREGATION_IMAGE, PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { Sequencer } from '../../queue/broker/sequencer.ts';
import { EXIT_CODES } from '../../queue/cli/exit-codes.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import { writeManifest } from '../../queue/store/manifest.ts';
import { alterKeptTransitions, flip, otherQuantity, receiptOf, rewriteLog } from '../support/altered-run.ts';
import { sampleReceipt } from '../support/receipt-samples.ts';
import { runCli } from '../support/run-cli.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// What an audit says of records, so the receipts are without proofs and accepted as such by name. Real proofs are audited in
// queue-demo.test.ts and aggregated-receipt.test.ts.
const batches = sampleBatches(3, 20, SEED);
const fake = { kind: 'fake', backend: 'fake', seal: new Uint8Array(0) } as const;

let folder: string;
let data: string;
let aggregate: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-audit-'));
  data = join(folder, 'data');
  aggregate = join(folder, 'all.aggregate');
  const directory = new DataDirectory(data);
  const policy = proofPolicy('app', loadGuestImage());
  const sequencer = Sequencer.create(directory, policy, DEFAULT_MARKET_CONFIG);
  const journals = batches.map(({ commands }, index) => {
    const { journal } = sequencer.seal(commands, BigInt(index + 1)).sealed;
    const receipt = sampleReceipt({ ...fake, imageId: PINNED_IMAGE.imageId, journal });
    writeFileSync(receiptOf(data, index + 1), receipt.encode());
    return journal;
  });
  writeManifest(directory.paths.manifest, {
    ...policy,
    version: 1,
    source: 'sample batches',
    receiptKind: 'app',
    marketConfig: hex(encodeMarketConfig(DEFAULT_MARKET_CONFIG)),
    batchCount: batches.length,
  });
  directory.close();
  const journal = encodeAggregateJournal(aggregateJournalOf(journals));
  const { imageId } = PINNED_AGGREGATION_IMAGE;
  writeFileSync(aggregate, sampleReceipt({ ...fake, imageId, journal }).encode());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOf(name: string): string {
  const root = join(folder, name);
  cpSync(data, root, { recursive: true });
  return root;
}

describe.each([
  ['receipts', (root: string) => ['--from-genesis', root]],
  ['one aggregate', (root: string) => ['--aggregate', aggregate, '--data', root]],
] as const)('an audit of a log and %s', (name, argumentsFor) => {
  const audit = (root: string) => runCli(['audit', '--accept-fake', '--json', ...argumentsFor(root)]);

  test('accepts what the service kept', async () => {
    const { exitCode, stdout, stderr } = await audit(data);
    expect([exitCode, stderr]).toEqual([EXIT_CODES.success, '']);
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, batchesWithRecords: 3 });
  });

  test('names batch, command, record and field of another command', async () => {
    const root = copyOf(`${name}-command`);
    rewriteLog(root, otherQuantity);
    const { exitCode, stderr } = await audit(root);
    expect(exitCode).toBe(EXIT_CODES.diverged);
    expect(stderr).toMatch(
      /batch 1, command 0: record 0, field quantity: recorded \d+, replayed \d+ \(RECORD_DIVERGED\)/,
    );
  });

  test('names batch, command, transition and field of another transition', async () => {
    const root = copyOf(`${name}-transition`);
    alterKeptTransitions(root, 3, (bytes) => flip(bytes, 5 * 64 + 40), true);
    const { exitCode, stderr } = await audit(root);
    expect(exitCode).toBe(EXIT_CODES.diverged);
    expect(stderr).toMatch(/batch 3, command \d+: transition 5, field quantity: recorded \d+, replayed \d+/);
  });

  test('names the journal’s field where nothing is kept', async () => {
    const root = copyOf(`${name}-bare`);
    rewriteLog(root, otherQuantity);
    rmSync(join(root, 'content'), { recursive: true });
    const { exitCode, stderr } = await audit(root);
    expect(exitCode).toBe(EXIT_CODES.diverged);
    expect(stderr).toMatch(/batch 1( \.\. 3)?: \w+ is .*\(AUDIT_DIVERGED\)/);
  });
});
