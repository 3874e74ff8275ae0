import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { type ProofPolicy, Sequencer } from '../../queue/broker/sequencer.ts';
import { sealInBatches } from '../../queue/cli/seal-in-batches.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';

const POLICY: ProofPolicy = {
  receiptKind: 'app',
  imageId: 'a'.repeat(64),
  parametersDigest: 'b'.repeat(64),
};

let root: string;
let directory: DataDirectory;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'proofbook-seal-'));
  directory = new DataDirectory(root);
});

afterEach(() => {
  directory.close();
  rmSync(root, { recursive: true, force: true });
});

const order = (index: number): Command => ({
  kind: 'place',
  side: index % 2 === 0 ? 'bid' : 'ask',
  timeInForce: 'GTC',
  account: 1,
  clientOrderId: BigInt(index),
  price: index % 2 === 0 ? 10n : 20n,
  quantity: 5n,
  // Every third command takes two records.
  ...(index % 3 === 0 ? { displayQuantity: 2n } : {}),
});

test.each([100, 1024])('seals commands of one and two records in batches of %s', (batchSize) => {
  const commands = Array.from({ length: 1500 }, (_, index) => order(index));
  const timed = commands.map((command, index) => ({ command, timestampNs: BigInt(index) }));
  const sequencer = Sequencer.create(directory, POLICY, DEFAULT_MARKET_CONFIG);
  const batches = sealInBatches(sequencer, timed, batchSize);
  const records = batches.map(({ sealed }) => Buffer.from(sealed.commands));
  expect(Buffer.concat(records).equals(encodeCommands(commands)), 'every command once, in order').toBe(true);
  for (const batch of records) expect(batch.length / 32).toBeLessThanOrEqual(1024);
  expect(batches).toHaveLength(batchSize === 100 ? 15 : 2);
  // 100 commands from number 0 on are 34 of two records and 66 of one.
  if (batchSize === 100) expect(records[0]?.length).toBe(134 * 32);
});
