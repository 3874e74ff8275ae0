import { concatBytes, fieldOf, joinFields, packWords, readWords } from './words.ts';

export const RECORD_BYTES = 32;

export const KIND = {
  place: 1n,
  cancel: 2n,
  reduce: 3n,
  replace: 4n,
  cancelAll: 5n,
  setMarketState: 6n,
  sweep: 7n,
} as const;
export const TIME_IN_FORCE = { gtc: 0n, ioc: 1n, fok: 2n, gtd: 3n } as const;
export const FLAG = { postOnly: 1n, slide: 2n, market: 4n, extended: 8n, reserved: 128n } as const;
/** Bits 4..6 of the flags. */
export const SELF_TRADE = {
  none: 0n,
  cancelTaker: 1n,
  cancelMaker: 2n,
  cancelBoth: 3n,
  decrement: 4n,
} as const;
export const MARKET_STATE = { open: 0n, cancelOnly: 1n, postOnly: 2n, halted: 3n } as const;
/** The side byte of a CancelAll that means both sides. */
export const BOTH_SIDES = 2n;

/** One command as sent: every field is what the record holds, in range or not (protocol §3). */
export interface ModelCommand {
  readonly kind: bigint;
  readonly side: bigint;
  readonly timeInForce: bigint;
  readonly flags: bigint;
  readonly account: bigint;
  /** clientOrderId of a Place, orderId of a Cancel, Reduce or Replace. */
  readonly id: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
  /** The four words of the second record, or undefined when there is none. */
  readonly extension: readonly bigint[] | undefined;
}

/**
 * Reads the command whose first record is `index`; the extension is undefined when the batch ends before it.
 */
export function readCommand(records: Uint8Array, index: number): ModelCommand {
  const [head = 0n, id = 0n, price = 0n, quantity = 0n] = recordWords(records, index);
  const kind = fieldOf(head, 0n, 8n);
  const flags = fieldOf(head, 24n, 8n);
  const isLast = (index + 1) * RECORD_BYTES >= records.length;
  const extension = takesExtension(kind, flags) && !isLast ? recordWords(records, index + 1) : undefined;
  return {
    kind,
    side: fieldOf(head, 8n, 8n),
    timeInForce: fieldOf(head, 16n, 8n),
    flags,
    account: fieldOf(head, 32n, 32n),
    id,
    price,
    quantity,
    extension,
  };
}

/** True for a Place or Replace with the flag `extended`: it takes two records. */
export function takesExtension(kind: bigint, flags: bigint): boolean {
  return (kind === KIND.place || kind === KIND.replace) && (flags & FLAG.extended) !== 0n;
}

export function hasFlag(command: ModelCommand, flag: bigint): boolean {
  return (command.flags & flag) !== 0n;
}

export function selfTradeModeOf(command: ModelCommand): bigint {
  return fieldOf(command.flags, 4n, 3n);
}

/** The words of the second record; without it all four are 0 (protocol §3). */
export function termsOf(command: ModelCommand) {
  const [displayQuantity = 0n, triggerPrice = 0n, expiry = 0n, replacementId = 0n] = command.extension ?? [];
  return { displayQuantity, triggerPrice, expiry, replacementId };
}

/** The record of a command, followed by its extension when it has one. */
export function encodeCommand(command: ModelCommand): Uint8Array {
  const head = joinFields(
    [command.kind, 8n],
    [command.side, 8n],
    [command.timeInForce, 8n],
    [command.flags, 8n],
    [command.account, 32n],
  );
  const record = packWords([head, command.id, command.price, command.quantity]);
  return command.extension === undefined ? record : concatBytes([record, packWords(command.extension)]);
}

/** The records of all commands, one after the other. */
export function encodeCommandList(commands: readonly ModelCommand[]): Uint8Array {
  return concatBytes(commands.map(encodeCommand));
}

function recordWords(records: Uint8Array, index: number): bigint[] {
  return readWords(records.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES));
}
