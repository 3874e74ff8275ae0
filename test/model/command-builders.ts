import { BOTH_SIDES, FLAG, KIND, type ModelCommand, TIME_IN_FORCE } from './model-command.ts';

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

/** A GTC limit order in the place of another. */
export function replace(
  orderId: bigint,
  price: bigint,
  quantity: bigint,
  fields: CommandFields = {},
): ModelCommand {
  return { ...BLANK, kind: KIND.replace, id: orderId, price, quantity, ...fields };
}

/** Cancels the orders of `account`, of both sides unless `side` says otherwise. */
export function cancelAll(account: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.cancelAll, side: BOTH_SIDES, account, ...fields };
}

export function setMarketState(state: bigint, account: bigint, fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.setMarketState, quantity: state, account, ...fields };
}

export function sweep(fields: CommandFields = {}): ModelCommand {
  return { ...BLANK, kind: KIND.sweep, ...fields };
}

/** What the second record of a Place or Replace holds; 0 when left out. */
export interface Terms {
  readonly display?: bigint;
  readonly trigger?: bigint;
  readonly expiry?: bigint;
  readonly replacementId?: bigint;
}

/** The same order with a second record; one with an expiry is GTD. */
export function withTerms(command: ModelCommand, terms: Terms): ModelCommand {
  const { display = 0n, trigger = 0n, expiry = 0n, replacementId = 0n } = terms;
  return {
    ...command,
    timeInForce: expiry === 0n ? command.timeInForce : TIME_IN_FORCE.gtd,
    flags: command.flags | FLAG.extended,
    extension: [display, trigger, expiry, replacementId],
  };
}

/** The same order in one of the self-trade modes. */
export function withSelfTrade(command: ModelCommand, mode: bigint): ModelCommand {
  return { ...command, flags: command.flags | (mode << 4n) };
}

/** Field sets to spread into a builder's last argument. */
export const IOC: CommandFields = { timeInForce: TIME_IN_FORCE.ioc };
export const FOK: CommandFields = { timeInForce: TIME_IN_FORCE.fok };
export const POST_ONLY: CommandFields = { flags: FLAG.postOnly };
export const SLIDE: CommandFields = { flags: FLAG.postOnly | FLAG.slide };
export const MARKET: CommandFields = { flags: FLAG.market };

/** The id of the order whose Accepted has `sequence` and which took `slot`. */
export function idOf(sequence: bigint, slot: bigint): bigint {
  return (sequence << 12n) | slot;
}
