import fc from 'fast-check';
import {
  type Command,
  encodeCommands,
  type PlaceCommand,
  type ReplaceCommand,
} from '../../engine/command.ts';

// Every command that the codec takes, in the form in which it is read back: a field is left out when it has no bits in the record.

const U64_MAX = 2n ** 64n - 1n;
const VALUE_MAX = 2n ** 48n - 1n;

const u64 = fc.oneof(fc.bigInt({ min: 0n, max: U64_MAX }), fc.constantFrom(0n, 1n, U64_MAX));
const value = fc.oneof(fc.bigInt({ min: 1n, max: VALUE_MAX }), fc.constantFrom(1n, VALUE_MAX));
const account = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
const side = fc.constantFrom('bid' as const, 'ask' as const);
const selfTrade = fc.oneof(
  fc.constant({}),
  fc.constantFrom('cancelTaker', 'cancelMaker', 'cancelBoth', 'decrement').map((selfTradeMode) => ({
    selfTradeMode: selfTradeMode as 'cancelTaker' | 'cancelMaker' | 'cancelBoth' | 'decrement',
  })),
);

/** What may stand together with a time in force, before the fields of the second record. */
const kindOfOrder = fc.oneof(
  fc.constant({ timeInForce: 'GTC' as const }),
  fc.constant({ timeInForce: 'IOC' as const }),
  fc.constant({ timeInForce: 'FOK' as const }),
  fc.constant({ timeInForce: 'GTD' as const }),
  fc.constant({ timeInForce: 'GTC' as const, postOnly: true }),
  fc.constant({ timeInForce: 'GTD' as const, postOnly: true, slide: true }),
);

const orderFields = fc
  .tuple(kindOfOrder, selfTrade, account, value, value, fc.boolean(), u64, u64, u64)
  .map(([kind, mode, owner, price, quantity, isExtended, display, trigger, time]) => {
    const isTaker = kind.timeInForce === 'IOC' || kind.timeInForce === 'FOK';
    const isStop = kind.timeInForce !== 'FOK' && !('postOnly' in kind);
    const fields = { ...kind, ...mode, account: owner, price, quantity };
    if (!isExtended && kind.timeInForce !== 'GTD') return fields;
    return {
      ...fields,
      displayQuantity: isTaker ? 0n : display % (quantity + 1n),
      triggerPrice: isStop ? trigger & VALUE_MAX : 0n,
      expiry: kind.timeInForce === 'GTD' ? time || 1n : 0n,
    };
  });

const place: fc.Arbitrary<PlaceCommand> = fc
  .tuple(orderFields, side, u64, fc.boolean())
  .map(([fields, ownSide, clientOrderId, wantsMarket]) => {
    const command = { kind: 'place' as const, side: ownSide, clientOrderId, ...fields };
    const mayBeMarket = command.timeInForce !== 'GTD' && !('postOnly' in fields);
    if (!wantsMarket || !mayBeMarket) return command;
    return {
      ...command,
      market: true,
      price: 0n,
      ...('displayQuantity' in fields ? { displayQuantity: 0n } : {}),
    };
  });

const replace: fc.Arbitrary<ReplaceCommand> = fc
  .tuple(orderFields, u64, u64)
  .map(([fields, orderId, replacementClientOrderId]) => ({
    kind: 'replace' as const,
    orderId,
    ...fields,
    ...('displayQuantity' in fields ? { replacementClientOrderId } : {}),
  }));

export const arbitraryCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: place },
  { weight: 3, arbitrary: replace },
  fc.record({ kind: fc.constant('cancel' as const), account, orderId: u64 }),
  fc.record({ kind: fc.constant('reduce' as const), account, orderId: u64, quantity: value }),
  fc.record({
    kind: fc.constant('cancelAll' as const),
    account,
    side: fc.constantFrom('bid' as const, 'ask' as const, 'both' as const),
  }),
  fc.record({
    kind: fc.constant('setMarketState' as const),
    account,
    marketState: fc.constantFrom('open', 'cancelOnly', 'postOnly', 'halted'),
  }) as fc.Arbitrary<Command>,
  fc.record({ kind: fc.constant('sweep' as const), account }),
);

/** A record of bytes that are 0 or small, most of them, so that every check is met. */
const nearlyCommand: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 255 })),
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 })),
    fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 255 })),
    fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 255 })),
    account,
    fc.array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 9n }), value, u64), {
      minLength: 3,
      maxLength: 3,
    }),
  )
  .map(([kind, sideByte, timeInForce, flags, owner, words]) => {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    bytes.set([kind, sideByte, timeInForce, flags]);
    view.setUint32(4, owner, true);
    words.forEach((word, index) => {
      view.setBigUint64(8 + index * 8, word, true);
    });
    return bytes;
  });

const flippedCommand = fc.tuple(arbitraryCommand, fc.nat()).map(([command, at]) => {
  const records = encodeCommands([command]);
  const bit = at % (records.length * 8);
  records[bit >> 3] = (records[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return records;
});

/** Records that a stranger might send: commands, commands with a flipped bit, and what only looks like one. */
export const arbitraryRecords: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      arbitraryCommand.map((command) => encodeCommands([command])),
      flippedCommand,
      nearlyCommand,
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
