import { describe, expect, test } from 'vitest';
import { decodeTransitions } from '../../engine/transition.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

/** One transition whose bytes all differ, so that a field read from a wrong place shows. */
function record(type: number, reason = 0, words: Readonly<Record<number, bigint>> = {}): Uint8Array {
  const bytes = Uint8Array.from({ length: 64 }, (_, index) => index + 1);
  bytes.set([type, 1, reason, 0xf4]);
  const view = new DataView(bytes.buffer);
  for (const [word, value] of Object.entries(words)) view.setBigUint64(Number(word) * 8, value, true);
  return bytes;
}

/** Word `number` of such a record: bytes 8n+1 .. 8n+8, little-endian. */
function word(number: number): bigint {
  return [8, 7, 6, 5, 4, 3, 2, 1].reduce((sum, byte) => (sum << 8n) | BigInt(number * 8 + byte), 0n);
}

const HEAD = {
  side: 1,
  flags: 0xf4,
  account: 0x08070605,
  sequence: word(1),
  orderId: word(2),
  makerAccount: 0x3c3b3a39,
  commandIndex: 0x403f3e3d,
};
const NO_ORDER = { clientOrderId: 0n, makerOrderId: 0n, price: 0n, quantity: 0n, remaining: 0n };
const ORDER = {
  ...HEAD,
  clientOrderId: word(3),
  makerOrderId: 0n,
  price: word(4),
  quantity: word(5),
  remaining: word(6),
};

const one = (bytes: Uint8Array): unknown => decodeTransitions(bytes)[0];

describe('reading transitions (PROTOCOL.md §5)', () => {
  test.each([
    [1, 'accepted'],
    [3, 'canceled'],
    [4, 'reduced'],
    [5, 'replaced'],
    [6, 'rejected'],
    [7, 'expired'],
    [9, 'evicted'],
  ])('type %s is %s, with every word of an order', (code, type) => {
    expect(one(record(code))).toEqual({ ...ORDER, type, reason: 'none' });
  });

  test('a fill names its maker where others name a clientOrderId', () => {
    const fill = { ...ORDER, clientOrderId: 0n, makerOrderId: word(3) };
    expect(one(record(2))).toEqual({ ...fill, type: 'filled', reason: 'none' });
  });

  test('a triggered stop has its triggerPrice in the last word, and nothing remains to be told', () => {
    const stop = { ...ORDER, remaining: 0n, triggerPrice: word(6) };
    expect(one(record(8))).toEqual({ ...stop, type: 'triggered', reason: 'none' });
  });

  test('terms are displayQuantity, triggerPrice, expiry and time in force', () => {
    const terms = { displayQuantity: word(3), triggerPrice: word(4), expiry: word(5) };
    (['GTC', 'IOC', 'FOK', 'GTD'] as const).forEach((timeInForce, code) => {
      const expected = { ...HEAD, ...NO_ORDER, ...terms, type: 'terms', reason: 'none', timeInForce };
      expect(one(record(11, 0, { 6: BigInt(code) }))).toEqual(expected);
    });
  });

  test('a change of the market state names the state and the one before', () => {
    (['open', 'cancelOnly', 'postOnly', 'halted'] as const).forEach((marketState, code) => {
      expect(one(record(10, 0, { 5: BigInt(code), 6: 3n }))).toEqual({
        ...HEAD,
        ...NO_ORDER,
        type: 'marketStateChanged',
        reason: 'none',
        marketState,
        previousMarketState: 'halted',
      });
    });
  });

  test('the reasons have the names of the protocol', () => {
    const names =
      'none unknownKind reservedBits invalidSide invalidTimeInForce invalidCombination invalidPrice invalidQuantity ' +
      'missingExtension - unknownOrder notOwner wouldTake unfillable matchLimit bookFull offTick offLot invalidDisplay ' +
      'invalidTrigger expiryPassed marketClosed stopBookFull invalidMarketState notOperator noOrders - - - - - - ' +
      'requested remainder replaced selfTrade';
    names.split(' ').forEach((reason, code) => {
      if (reason === '-') {
        expectRefusal(() => decodeTransitions(record(6, code)), 'INVALID_FIELD', { value: code });
      } else {
        expect(one(record(6, code))).toMatchObject({ reason });
      }
    });
  });

  test.each([
    ['type 0', record(0), 'transition 0 type', 0],
    ['type 12', record(12), 'transition 0 type', 12],
    ['reason 36', record(1, 36), 'transition 0 reason', 36],
    ['time in force 4', record(11, 0, { 6: 4n }), 'transition 0 timeInForce', 4],
    ['market state 4', record(10, 0, { 5: 4n, 6: 0n }), 'transition 0 marketState', 4],
    [
      'market state 2^32',
      record(10, 0, { 5: 0n, 6: 2n ** 32n }),
      'transition 0 previousMarketState',
      2 ** 32,
    ],
  ])('refuses %s, naming field and value', (_, bytes, field, value) => {
    expectRefusal(() => decodeTransitions(bytes), 'INVALID_FIELD', { field, value });
  });

  test('names the transition that it refuses, and refuses a part of one', () => {
    const bytes = Uint8Array.from([...record(1), ...record(12)]);
    expectRefusal(() => decodeTransitions(bytes), 'INVALID_FIELD', { field: 'transition 1 type' });
    expectRefusal(() => decodeTransitions(bytes.subarray(0, 65)), 'INVALID_LENGTH', { value: 65 });
  });
});
