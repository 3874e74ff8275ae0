import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { decodeCommands } from '../../engine/decode-commands.ts';
import { arbitraryRecords } from '../support/arbitrary-commands.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const EDGE = 2n ** 48n;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const record = (head: readonly number[], id = 1n, price = 1n, quantity = 1n): Uint8Array => {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  bytes.set(head);
  view.setUint32(4, 77, true);
  [id, price, quantity].forEach((word, index) => {
    view.setBigUint64(8 + index * 8, word, true);
  });
  return bytes;
};
const extension = (...words: readonly bigint[]): Uint8Array =>
  new Uint8Array(BigUint64Array.from([0n, 1n, 2n, 3n].map((_, index) => words[index] ?? 0n)).buffer);

/** Bytes that no engine takes, in the order of the checks of protocol §3. */
const INVALID: readonly (readonly [string, readonly Uint8Array[], string, string])[] = [
  ['kind 0', [record([0])], 'unknownKind', 'kind'],
  ['kind 8', [record([8, 9, 9, 255])], 'unknownKind', 'kind'],
  ['a cut Place', [record([1, 9, 9, 255])], 'missingExtension', 'flags'],
  ['a cut Replace', [record([4, 0, 0, 8])], 'missingExtension', 'flags'],
  ['flags bit 7', [record([1, 9, 9, 0x80])], 'reservedBits', 'flags'],
  ['self-trade mode 5', [record([1, 9, 9, 0x50])], 'reservedBits', 'selfTradeMode'],
  ['a side in a Replace', [record([4, 1, 9, 0])], 'reservedBits', 'side'],
  ['side 2', [record([1, 2, 9, 2])], 'invalidSide', 'side'],
  ['time in force 4', [record([1, 0, 4, 2])], 'invalidTimeInForce', 'timeInForce'],
  ['slide alone', [record([1, 0, 0, 2], 1n, 0n)], 'invalidCombination', 'slide'],
  ['post-only IOC', [record([1, 0, 1, 1], 1n, 0n)], 'invalidCombination', 'postOnly'],
  ['post-only FOK', [record([1, 0, 2, 1])], 'invalidCombination', 'postOnly'],
  ['post-only market', [record([1, 0, 0, 5], 1n, 0n)], 'invalidCombination', 'postOnly'],
  ['market GTD', [record([1, 0, 3, 12], 1n, 0n), extension(0n, 0n, 9n)], 'invalidCombination', 'timeInForce'],
  ['GTD without expiry', [record([1, 0, 3, 0], 1n, 0n)], 'invalidCombination', 'expiry'],
  ['GTC with expiry', [record([1, 0, 0, 8]), extension(0n, 0n, 9n)], 'invalidCombination', 'expiry'],
  ['FOK iceberg', [record([1, 0, 2, 8]), extension(1n)], 'invalidCombination', 'displayQuantity'],
  ['FOK stop', [record([1, 0, 2, 8]), extension(0n, 1n)], 'invalidCombination', 'triggerPrice'],
  [
    'a replacement id in a Place',
    [record([1, 0, 0, 8]), extension(0n, 0n, 0n, 1n)],
    'invalidCombination',
    'replacementClientOrderId',
  ],
  ['a market Replace', [record([4, 0, 0, 4], 1n, 0n)], 'invalidCombination', 'market'],
  ['a market order with a price', [record([1, 0, 0, 4])], 'invalidPrice', 'price'],
  ['price 0', [record([1, 0, 0, 0], 1n, 0n, 0n)], 'invalidPrice', 'price'],
  ['price 2^48', [record([4, 0, 0, 0], 1n, EDGE)], 'invalidPrice', 'price'],
  ['quantity 0', [record([1, 0, 0, 8], 1n, 1n, 0n), extension(5n)], 'invalidQuantity', 'quantity'],
  ['quantity 2^48', [record([1, 0, 0, 0], 1n, 1n, EDGE)], 'invalidQuantity', 'quantity'],
  ['more shown', [record([1, 0, 0, 8]), extension(2n, EDGE)], 'invalidDisplay', 'displayQuantity'],
  ['trigger 2^48', [record([1, 0, 0, 8]), extension(1n, EDGE)], 'invalidTrigger', 'triggerPrice'],
  ['a Cancel with a price', [record([2], 1n, 1n, 0n)], 'reservedBits', 'price'],
  ['a Cancel with a quantity', [record([2], 1n, 0n, 1n)], 'reservedBits', 'quantity'],
  ['a Cancel with flags', [record([2, 0, 0, 8], 1n, 0n, 0n), extension()], 'reservedBits', 'flags'],
  ['a Reduce with a price', [record([3], 1n, 1n, 0n)], 'reservedBits', 'price'],
  ['a Reduce by 0', [record([3], 1n, 0n, 0n)], 'invalidQuantity', 'quantity'],
  ['a CancelAll with an id', [record([5, 3], 1n, 0n, 0n)], 'reservedBits', 'id'],
  ['a CancelAll of side 3', [record([5, 3], 0n, 0n, 0n)], 'invalidSide', 'side'],
  ['a SetMarketState with a side', [record([6, 1], 0n, 0n, 9n)], 'reservedBits', 'side'],
  ['market state 4', [record([6], 0n, 0n, 4n)], 'invalidMarketState', 'marketState'],
  ['a Sweep with a quantity', [record([7], 0n, 0n, 1n)], 'reservedBits', 'quantity'],
];

describe('reading commands (PROTOCOL.md §3)', () => {
  test.each(INVALID)('names the reason for %s', (_, records, reason, field) => {
    const bytes = Uint8Array.from(records.flatMap((part) => [...part]));
    const [first] = decodeCommands(bytes);
    const ownCount = first?.recordCount ?? 0;
    expect(first).toMatchObject({ index: 0, command: { kind: 'invalid', reason, field, account: 77 } });
    expect(first?.command.kind === 'invalid' && hex(first.command.records)).toBe(
      hex(bytes.subarray(0, ownCount * 32)),
    );
  });

  test('never throws, loses no record, and packs what it could read into the same bytes', () => {
    let valid = 0;
    let invalid = 0;
    fc.assert(
      fc.property(arbitraryRecords, (bytes) => {
        const again = decodeCommands(bytes).flatMap(({ index, recordCount, command }) => {
          const own = command.kind === 'invalid' ? command.records : encodeCommands([command]);
          expect(own.length).toBe(recordCount * 32);
          expect(hex(own)).toBe(hex(bytes.subarray(index * 32, (index + recordCount) * 32)));
          if (command.kind === 'invalid') invalid += 1;
          else valid += 1;
          return [...own];
        });
        expect(again).toEqual([...bytes]);
      }),
      { seed: SEED, numRuns: 2000 },
    );
    expect(Math.min(valid, invalid)).toBeGreaterThan(200);
  });

  test('does not change with the buffer that it was read from', () => {
    const buffer = Buffer.from(record([8]));
    const [decoded] = decodeCommands(buffer);
    buffer.fill(0);
    expect(decoded?.command.kind === 'invalid' && decoded.command.records[0]).toBe(8);
  });

  test('refuses a part of a record', () => {
    expectRefusal(() => decodeCommands(new Uint8Array(33)), 'INVALID_LENGTH', { value: 33 });
  });
});
