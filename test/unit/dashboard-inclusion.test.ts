import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { checkInclusion, readStatedProof, readTrustedRoot } from '../../queue/dashboard/inclusion-check.ts';
import { printedRootIn } from '../../queue/dashboard/verified-journal.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const commands = seededFlow(5n, 120).commands.map(({ command }) => command);
const sealed = Engine.create(DEFAULT_MARKET_CONFIG).applyBatch(encodeCommands(commands), 1n);
const journal = decodeJournal(sealed.journal);
const root = hex(journal.transitionsRoot);
const count = journal.transitionCount;

function statedProof(recordIndex: number) {
  const { index, page, siblings } = BatchTree.ofTransitions(sealed.transitions).inclusionProof(recordIndex);
  return {
    batchNumber: '1',
    root,
    recordCount: count,
    index,
    page: hex(page),
    siblings: siblings.map(hex),
    record: hex(sealed.transitions.subarray(recordIndex * 64, (recordIndex + 1) * 64)),
    receiptDigest: null,
  };
}

const trusted = readTrustedRoot(` ${root}\n`, String(count));

describe('the inclusion checker of the page', () => {
  test('accepts every transition of a batch, and says which one it is', () => {
    for (let recordIndex = 0; recordIndex < count; recordIndex++) {
      const included = checkInclusion(readStatedProof(statedProof(recordIndex)), trusted);
      expect(included.recordIndex).toBe(recordIndex);
      expect(included.transition.sequence).toBe(BigInt(recordIndex + 1));
    }
  });

  test('refuses one changed bit anywhere in page, siblings, record or root', () => {
    const stated = readStatedProof(statedProof(20));
    const flip = (bytes: Uint8Array, at: number) =>
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    for (let at = 0; at < 1024; at += 31) {
      expectRefusal(
        () => checkInclusion({ ...stated, page: flip(stated.page, at) }, trusted),
        'INCLUSION_REFUSED',
      );
    }
    for (let level = 0; level < 8; level++) {
      const siblings = stated.siblings.map((sibling, index) =>
        index === level ? flip(sibling, 9) : sibling,
      );
      expectRefusal(() => checkInclusion({ ...stated, siblings }, trusted), 'INCLUSION_REFUSED');
    }
    expectRefusal(
      () => checkInclusion({ ...stated, record: flip(stated.record, 40) }, trusted),
      'INCLUSION_REFUSED',
    );
    const other = { ...trusted, root: flip(trusted.root, 0) };
    expectRefusal(() => checkInclusion(stated, other), 'INCLUSION_REFUSED');
  });

  test('believes neither the root nor the count that came with the proof', () => {
    const lying = { ...statedProof(3), root: '00'.repeat(32), recordCount: 4096 };
    expect(checkInclusion(readStatedProof(lying), trusted).recordIndex).toBe(3);
    const wrongCount = readTrustedRoot(root, String(count - 1));
    expectRefusal(
      () => checkInclusion(readStatedProof(statedProof(count - 1)), wrongCount),
      'INCLUSION_REFUSED',
    );
  });

  test('names what cannot be read', () => {
    expectRefusal(() => readTrustedRoot('abc', '5'), 'INVALID_FIELD');
    expectRefusal(() => readTrustedRoot('ab', '5'), 'INVALID_FIELD');
    expectRefusal(() => readTrustedRoot(root, '0'), 'INVALID_FIELD');
    expectRefusal(() => readTrustedRoot(root, '4097'), 'INVALID_FIELD');
    expectRefusal(() => readStatedProof({ ...statedProof(0), page: 'zz' }), 'INVALID_FIELD');
    expectRefusal(() => readStatedProof({ ...statedProof(0), siblings: 'none' }), 'INVALID_FIELD');
    expectRefusal(() => readStatedProof(null), 'INVALID_FIELD');
  });
});

describe('what proofbook verify --json printed', () => {
  const receipt = (batchNumber: string, verified = true) => ({
    verified,
    batchNumber,
    transitionsRoot: batchNumber.repeat(64),
    transitionCount: Number(batchNumber) + 10,
  });
  const printed = JSON.stringify({ verified: true, receipts: [receipt('1'), receipt('2')] });

  test('gives root and count of the batch asked for', () => {
    expect(printedRootIn(printed, '2')).toEqual({ transitionsRoot: '2'.repeat(64), transitionCount: '12' });
    expect(printedRootIn(`\n${printed}`, '')?.transitionsRoot).toBe('1'.repeat(64));
  });

  test('gives nothing of a refused receipt, of another batch, or of other text', () => {
    expect(printedRootIn(printed, '3')).toBeUndefined();
    expect(printedRootIn(JSON.stringify({ receipts: [receipt('1', false)] }), '1')).toBeUndefined();
    for (const text of [root, '', '{', '{}', '{"receipts":[null]}', '[]'])
      expect(printedRootIn(text, '1')).toBeUndefined();
  });
});
