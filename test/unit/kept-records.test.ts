import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { Sequencer, type StoredBatch } from '../../queue/broker/sequencer.ts';
import { DataDirectory, dataPaths } from '../../queue/store/data-directory.ts';
import { KeptRecordsReader, NOTHING_KEPT } from '../../queue/store/kept-records.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

let root: string;
let stored: readonly StoredBatch[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'proofbook-kept-'));
  const directory = new DataDirectory(root);
  const sequencer = Sequencer.create(directory, proofPolicy('app', loadGuestImage()), DEFAULT_MARKET_CONFIG);
  stored = sampleBatches(3, 20, SEED).map(({ commands }, index) => sequencer.seal(commands, BigInt(index)));
  directory.close();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const paths = () => dataPaths(root);

describe('the records that a directory keeps', () => {
  test('are those of every batch that was sealed, and only of those', () => {
    const reader = new KeptRecordsReader(paths());
    for (const { batchNumber, sealed } of stored) {
      const { commands, transitions } = reader.of(batchNumber);
      expect(Buffer.compare(commands ?? new Uint8Array(), sealed.commands)).toBe(0);
      expect(Buffer.compare(transitions ?? new Uint8Array(), sealed.transitions)).toBe(0);
    }
    expect(reader.of(4)).toEqual(NOTHING_KEPT);
    expect(reader.batchesFound).toBe(3);
  });

  test('are nothing without content, without rows, and with rows that are no database', () => {
    const expectNothing = () => {
      const reader = new KeptRecordsReader(paths());
      expect([reader.of(1).transitions, reader.batchesFound]).toEqual([undefined, 0]);
    };
    writeFileSync(paths().rows, 'this is no database, whatever its name says');
    expectNothing();
    rmSync(paths().rows);
    expectNothing();
    rmSync(paths().content, { recursive: true });
    expectNothing();
    expect(existsSync(paths().rows), 'reading makes no file').toBe(false);
    expect(existsSync(paths().content), 'reading makes no folder').toBe(false);
  });

  test('are read without a trace, also while a service has the directory open', () => {
    const before = readdirSync(root).toSorted();
    new KeptRecordsReader(paths()).of(1);
    expect(readdirSync(root).toSorted()).toEqual(before);
    const directory = new DataDirectory(root);
    const sequencer = Sequencer.open(directory, proofPolicy('app', loadGuestImage()));
    const last = sampleBatches(4, 20, SEED).at(-1);
    sequencer.seal(last?.commands ?? new Uint8Array(), 9n);
    expect(
      Buffer.compare(
        new KeptRecordsReader(paths()).of(4).commands ?? new Uint8Array(),
        last?.commands ?? new Uint8Array(),
      ),
    ).toBe(0);
    directory.close();
  });
});
