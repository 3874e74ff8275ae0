import { type Static, Type } from '@sinclair/typebox';
import type { Command } from '../../engine/command.ts';
import {
  KIND_CODES,
  MARKET_STATE_CODES,
  SELF_TRADE_CODES,
  SIDES_CODES,
  TIME_IN_FORCE_CODES,
} from '../../engine/protocol-codes.ts';
import { U64 } from './wire-values.ts';

const nameIn = <Name extends string>(codes: Readonly<Record<Name, number>>) =>
  Type.Unsafe<Name>({ type: 'string', enum: Object.keys(codes) });

/**
 * A command as JSON (engine/command.ts). Which fields a kind needs, and what they may be, is said by the engine's own codec:
 * the schema only says how each is written.
 */
export const JsonCommandSchema = Type.Object(
  {
    kind: nameIn(KIND_CODES),
    account: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
    side: Type.Optional(nameIn(SIDES_CODES)),
    timeInForce: Type.Optional(nameIn(TIME_IN_FORCE_CODES)),
    postOnly: Type.Optional(Type.Boolean()),
    slide: Type.Optional(Type.Boolean()),
    market: Type.Optional(Type.Boolean()),
    selfTradeMode: Type.Optional(nameIn(SELF_TRADE_CODES)),
    marketState: Type.Optional(nameIn(MARKET_STATE_CODES)),
    clientOrderId: Type.Optional(U64),
    orderId: Type.Optional(U64),
    price: Type.Optional(U64),
    quantity: Type.Optional(U64),
    displayQuantity: Type.Optional(U64),
    triggerPrice: Type.Optional(U64),
    expiry: Type.Optional(U64),
    replacementClientOrderId: Type.Optional(U64),
  },
  { $id: 'Command', additionalProperties: false },
);

const U64_FIELDS = [
  'clientOrderId',
  'orderId',
  'price',
  'quantity',
  'displayQuantity',
  'triggerPrice',
  'expiry',
  'replacementClientOrderId',
] as const;

/** The command with its digits as bigint. `encodeCommands` refuses what is missing or does not belong to its kind. */
export function commandOfJson(json: Static<typeof JsonCommandSchema>): Command {
  const numbers = U64_FIELDS.flatMap((field) => {
    const digits = json[field];
    return digits === undefined ? [] : [[field, BigInt(digits)] as const];
  });
  return { ...json, ...Object.fromEntries(numbers) } as unknown as Command;
}
