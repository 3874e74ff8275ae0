import { FLAG, KIND, type ModelCommand, TIME_IN_FORCE } from './model-command.ts';

/** What the builders fill in: any field of a command may be overridden, in range or not. */
export type CommandFields = Partial<ModelCommand>;

const BLANK: ModelCommand = {
  kind: 0n,
  side: 0n,
  timeInForce: 0n,
  flags: 0n,
  account: 0n,
  id: 0n,
  price: 0n,
  quantity: 0n,
  extension: undefined,
};

/** A GTC limit order to buy `quantity` lots at `price` ticks. */
export function bid(price: bigint, quantity: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.place, side: 0n, price, quantity, ...fields };
}

/** A GTC limit order to sell. */
export function ask(price: bigint, quantity: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.place, side: 1n, price, quantity, ...fields };
}

export function cancel(orderId: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.cancel, id: orderId, ...fields };
}

export function reduce(orderId: bigint, quantity: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.reduce, id: orderId, quantity, ...fields };
}

/** Field sets to spread into a builder's last argument. */
export const IOC: CommandFields = { timeInForce: TIME_IN_FORCE.ioc };
export const FOK: CommandFields = { timeInForce: TIME_IN_FORCE.fok };
export const POST_ONLY: CommandFields = { flags: FLAG.postOnly };
export const MARKET: CommandFields = { flags: FLAG.market };

/** The id of the order whose Accepted has `sequence` and which took `slot`. */
export function idOf(sequence: bigint, slot: bigint): bigint {
  return (sequence << 12n) | slot;
}
