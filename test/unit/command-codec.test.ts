import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, commandRecordCount, encodeCommand, encodeCommands } from '../../engine/command.ts';
import { decodeCommands } from '../../engine/decode-commands.ts';
import { arbitraryCommand } from '../support/arbitrary-commands.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const PLACE = {
  kind: 'place',
  side: 'ask',
  timeInForce: 'GTC',
  account: 0x01020304,
  clientOrderId: 0x1112131415161718n,
  price: 0x212223242526n,
  quantity: 0x313233343536n,
} as const;
const REPLACE = {
  kind: 'replace',
  timeInForce: 'GTC',
  account: 0x01020304,
  orderId: 0x1112131415161718n,
  price: 0x212223242526n,
  quantity: 0x313233343536n,
} as const;

const ACCOUNT = '04030201';
const ID = '1817161514131211';
const PRICE = '2625242322210000';
const QUANTITY = '3635343332310000';
const ZERO = '0'.repeat(16);

/** Bytes written down from the tables of protocol §3. */
const GOLDEN: readonly (readonly [string, Command, string])[] = [
  ['a GTC limit order', PLACE, `01010000 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  ['a bid', { ...PLACE, side: 'bid' }, `01000000 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  ['IOC', { ...PLACE, timeInForce: 'IOC' }, `01010100 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  ['FOK', { ...PLACE, timeInForce: 'FOK' }, `01010200 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  ['post-only', { ...PLACE, postOnly: true }, `01010001 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  [
    'post-only that slides',
    { ...PLACE, postOnly: true, slide: true },
    `01010003 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`,
  ],
  [
    'a market order',
    { ...PLACE, timeInForce: 'IOC', market: true, price: 0n },
    `01010104 ${ACCOUNT} ${ID} ${ZERO} ${QUANTITY}`,
  ],
  ...(['none', 'cancelTaker', 'cancelMaker', 'cancelBoth', 'decrement'] as const).map(
    (selfTradeMode, mode) =>
      [
        `self-trade mode ${selfTradeMode}`,
        { ...PLACE, selfTradeMode },
        `010100${mode}0 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`,
      ] as const,
  ),
  [
    'GTD',
    { ...PLACE, timeInForce: 'GTD', expiry: 0x4142434445464748n },
    `01010308 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY} ${ZERO} ${ZERO} 4847464544434241 ${ZERO}`,
  ],
  [
    'an iceberg',
    { ...PLACE, displayQuantity: 5n },
    `01010008 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY} 0500000000000000 ${ZERO} ${ZERO} ${ZERO}`,
  ],
  [
    'a stop',
    { ...PLACE, triggerPrice: 6n },
    `01010008 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY} ${ZERO} 0600000000000000 ${ZERO} ${ZERO}`,
  ],
  ['a replace', REPLACE, `04000000 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY}`],
  [
    'a replace with a clientOrderId',
    { ...REPLACE, replacementClientOrderId: 7n, selfTradeMode: 'decrement' },
    `04000048 ${ACCOUNT} ${ID} ${PRICE} ${QUANTITY} ${ZERO} ${ZERO} ${ZERO} 0700000000000000`,
  ],
  [
    'a cancel',
    { kind: 'cancel', account: PLACE.account, orderId: PLACE.clientOrderId },
    `02000000 ${ACCOUNT} ${ID} ${ZERO} ${ZERO}`,
  ],
  [
    'a reduce',
    { kind: 'reduce', account: PLACE.account, orderId: PLACE.clientOrderId, quantity: PLACE.quantity },
    `03000000 ${ACCOUNT} ${ID} ${ZERO} ${QUANTITY}`,
  ],
  ...(['bid', 'ask', 'both'] as const).map(
    (side, code) =>
      [
        `a cancel-all of ${side}`,
        { kind: 'cancelAll', account: PLACE.account, side },
        `050${code}0000 ${ACCOUNT} ${ZERO} ${ZERO} ${ZERO}`,
      ] as const,
  ),
  ...(['open', 'cancelOnly', 'postOnly', 'halted'] as const).map(
    (marketState, code) =>
      [
        `market state ${marketState}`,
        { kind: 'setMarketState', account: PLACE.account, marketState },
        `06000000 ${ACCOUNT} ${ZERO} ${ZERO} 0${code}00000000000000`,
      ] as const,
  ),
  ['a sweep', { kind: 'sweep', account: PLACE.account }, `07000000 ${ACCOUNT} ${ZERO} ${ZERO} ${ZERO}`],
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('packing commands (PROTOCOL.md §3)', () => {
  test.each(GOLDEN)('writes %s as the protocol says', (_, command, bytes) => {
    expect(hex(encodeCommands([command]))).toBe(bytes.replaceAll(' ', ''));
    expect(commandRecordCount(command)).toBe(bytes.replaceAll(' ', '').length / 64);
  });

  test('gives back every command, with its place and its number of records', () => {
    fc.assert(
      fc.property(fc.array(arbitraryCommand, { maxLength: 20 }), (commands) => {
        const decoded = decodeCommands(encodeCommands(commands));
        expect(decoded.map(({ command }) => command)).toEqual(commands);
        expect(decoded.map(({ recordCount }) => recordCount)).toEqual(commands.map(commandRecordCount));
        let index = 0;
        for (const item of decoded) {
          expect(item.index).toBe(index);
          index += item.recordCount;
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('an optional field that is given as 0, false or none is the same command', () => {
    const sparse: Command = { ...PLACE, displayQuantity: 3n };
    const full: Command = {
      ...sparse,
      postOnly: false,
      slide: false,
      market: false,
      selfTradeMode: 'none',
      triggerPrice: 0n,
      expiry: 0n,
    };
    expect(hex(encodeCommands([full]))).toBe(hex(encodeCommands([sparse])));
    expect(commandRecordCount({ ...PLACE, displayQuantity: 0n })).toBe(2);
  });

  test('one command goes into the middle of a buffer and leaves the rest alone', () => {
    const buffer = new Uint8Array(6 * 32 + 3).fill(0xee).subarray(3);
    const command: Command = { ...PLACE, displayQuantity: 5n };
    expect(encodeCommand(command, buffer, 2)).toBe(2);
    expect(hex(buffer.subarray(64, 128))).toBe(hex(encodeCommands([command])));
    expect(hex(buffer.subarray(0, 64)) + hex(buffer.subarray(128))).toBe('ee'.repeat(4 * 32));
    expect(encodeCommand(PLACE, buffer, 5)).toBe(1);
  });

  test.each([
    [6, PLACE, 7 * 32],
    [5, { ...PLACE, displayQuantity: 5n }, 7 * 32],
    [-1, PLACE, 0],
    [0.5, PLACE, 48],
  ] as const)('refuses record index %s of a buffer of 6', (recordIndex, command, least) => {
    const buffer = new Uint8Array(6 * 32);
    expectRefusal(() => encodeCommand(command, buffer, recordIndex), 'INVALID_LENGTH', {
      field: 'records',
      value: 192,
      expected: `at least ${least}`,
    });
    expect(hex(buffer)).toBe('00'.repeat(192));
  });
});

const EDGE = 2n ** 48n;
const TOO_LONG = 2n ** 64n;
const GTD = { ...PLACE, timeInForce: 'GTD', expiry: 9n } as const;

/** What the host refuses to pack: change, field, value as text. */
const REFUSED: readonly (readonly [string, object, string, string])[] = [
  ['kind', { ...PLACE, kind: 'amend' }, 'kind', 'amend'],
  ['kind', { ...PLACE, kind: 'constructor' }, 'kind', 'constructor'],
  ['side', { ...PLACE, side: 'both' }, 'side', 'both'],
  ['side', { kind: 'cancelAll', account: 1, side: 'all' }, 'side', 'all'],
  ['time in force', { ...PLACE, timeInForce: 'DAY' }, 'timeInForce', 'DAY'],
  ['self-trade mode', { ...PLACE, selfTradeMode: 'both' }, 'selfTradeMode', 'both'],
  ['market state', { kind: 'setMarketState', account: 1, marketState: 'shut' }, 'marketState', 'shut'],
  ['account -1', { ...PLACE, account: -1 }, 'account', '-1'],
  ['account 2^32', { ...PLACE, account: 2 ** 32 }, 'account', '4294967296'],
  ['account 0.5', { kind: 'sweep', account: 0.5 }, 'account', '0.5'],
  ['clientOrderId 2^64', { ...PLACE, clientOrderId: TOO_LONG }, 'clientOrderId', `${TOO_LONG}`],
  ['clientOrderId 7', { ...PLACE, clientOrderId: 7 }, 'clientOrderId', '7'],
  ['orderId -1', { kind: 'cancel', account: 1, orderId: -1n }, 'orderId', '-1'],
  ['orderId absent', { kind: 'reduce', account: 1, quantity: 1n }, 'orderId', 'undefined'],
  ['price 0', { ...PLACE, price: 0n }, 'price', '0'],
  ['price 2^48', { ...PLACE, price: EDGE }, 'price', `${EDGE}`],
  ['price 2^64', { ...REPLACE, price: TOO_LONG }, 'price', `${TOO_LONG}`],
  ['price of a market order', { ...PLACE, market: true, timeInForce: 'IOC' }, 'price', `${PLACE.price}`],
  ['quantity 0', { ...PLACE, quantity: 0n }, 'quantity', '0'],
  ['quantity 2^48', { ...REPLACE, quantity: EDGE }, 'quantity', `${EDGE}`],
  ['quantity 0', { kind: 'reduce', account: 1, orderId: 1n, quantity: 0n }, 'quantity', '0'],
  ['more shown than there is', { ...PLACE, quantity: 4n, displayQuantity: 5n }, 'displayQuantity', '5'],
  ['displayQuantity -1', { ...PLACE, displayQuantity: -1n }, 'displayQuantity', '-1'],
  ['triggerPrice 2^48', { ...PLACE, triggerPrice: EDGE }, 'triggerPrice', `${EDGE}`],
  ['expiry 2^64', { ...GTD, expiry: TOO_LONG }, 'expiry', `${TOO_LONG}`],
  ['GTD without expiry', { ...PLACE, timeInForce: 'GTD' }, 'expiry', '0'],
  ['expiry without GTD', { ...PLACE, expiry: 9n }, 'expiry', '9'],
  ['slide alone', { ...PLACE, slide: true }, 'slide', 'true'],
  ['post-only IOC', { ...PLACE, postOnly: true, timeInForce: 'IOC' }, 'postOnly', 'true'],
  ['post-only FOK', { ...PLACE, postOnly: true, timeInForce: 'FOK' }, 'postOnly', 'true'],
  ['post-only market', { ...PLACE, postOnly: true, market: true, price: 0n }, 'postOnly', 'true'],
  ['market GTD', { ...GTD, market: true, price: 0n }, 'timeInForce', 'GTD'],
  ['IOC iceberg', { ...PLACE, timeInForce: 'IOC', displayQuantity: 5n }, 'displayQuantity', '5'],
  ['market iceberg', { ...PLACE, market: true, price: 0n, displayQuantity: 5n }, 'displayQuantity', '5'],
  ['FOK stop', { ...PLACE, timeInForce: 'FOK', triggerPrice: 5n }, 'triggerPrice', '5'],
  ['post-only stop', { ...PLACE, postOnly: true, triggerPrice: 5n }, 'triggerPrice', '5'],
];

test.each(REFUSED)('refuses %s, naming index, field and value', (_, command, field, value) => {
  const commands = [PLACE, GTD, command as Command];
  const error = expectRefusal(() => encodeCommands(commands), 'INVALID_COMMAND', { index: 2, field, value });
  expect(error.message).toContain(`command 2: ${field} is ${value}: `);
});
