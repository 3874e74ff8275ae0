import { describe, expect, test } from 'vitest';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { orderHistory, transitionsOfOrder } from '../../prover/merkle/order-history.ts';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const ACCEPTED = 1;
const FILLED = 2;
const CANCELED = 3;
const ORDER = 0x5001n;
const OTHER = 0x9002n;

interface Row {
  readonly type: number;
  readonly orderId: bigint;
  readonly third: bigint;
}

function transitionsOf(rows: readonly Row[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(rows.length * 64));
  rows.forEach((row, index) => {
    view.setUint8(index * 64, row.type);
    view.setBigUint64(index * 64 + 16, row.orderId, true);
    view.setBigUint64(index * 64 + 24, row.third, true);
  });
  return new Uint8Array(view.buffer);
}

const noise = (count: number): Row[] =>
  Array.from({ length: count }, () => ({ type: ACCEPTED, orderId: OTHER, third: 7n }));

const ROWS: readonly Row[] = [
  { type: ACCEPTED, orderId: ORDER, third: 1n },
  { type: ACCEPTED, orderId: OTHER, third: ORDER }, // a clientOrderId that looks like the order: not the order
  ...noise(20),
  { type: FILLED, orderId: OTHER, third: ORDER }, // 22: the order as maker
  { type: FILLED, orderId: ORDER, third: OTHER }, // 23: the order as taker
  ...noise(40),
  { type: CANCELED, orderId: ORDER, third: 1n }, // 64
];

describe('transitions of an order', () => {
  test('finds it as itself and as maker, and nowhere else', () => {
    expect(transitionsOfOrder(transitionsOf(ROWS), ORDER)).toEqual([0, 22, 23, 64]);
    expect(transitionsOfOrder(transitionsOf(ROWS), 0xdeadn)).toEqual([]);
  });

  test('gives one proof a page, and the proven records are those transitions', () => {
    const bytes = transitionsOf(ROWS);
    const history = orderHistory(bytes, ORDER);
    expect(history.proofs.map((proof) => proof.index)).toEqual([0, 1, 4]);
    const root = BatchTree.ofTransitions(bytes).root;
    const proven = new Map<number, Uint8Array>();
    for (const proof of history.proofs) {
      const { firstRecordIndex, records } = verifyInclusion(root, ROWS.length, 64, proof);
      for (const [i, record] of records.entries()) proven.set(firstRecordIndex + i, record);
    }
    for (const index of history.recordIndices) {
      expect(proven.get(index)).toEqual(bytes.slice(index * 64, (index + 1) * 64));
    }
  });

  test('refuses bytes that are no whole transitions, and the id that no order has', () => {
    expectRefusal(() => transitionsOfOrder(new Uint8Array(65), ORDER), 'INVALID_LENGTH', { value: 65 });
    expectRefusal(() => transitionsOfOrder(transitionsOf(ROWS), 0n), 'INVALID_FIELD', { field: 'orderId' });
  });
});
