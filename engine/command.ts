import { commandFault } from './command-fault.ts';
import {
  COMMAND_BYTES,
  type CommandExtension,
  type CommandRecord,
  writeCommandRecord,
} from './command-record.ts';
import { ProofbookError } from './proofbook-error.ts';
import {
  FLAG,
  KIND_CODES,
  MARKET_STATE_CODES,
  type MarketStateName,
  SELF_TRADE_CODES,
  SELF_TRADE_SHIFT,
  type SelfTradeModeName,
  SIDE_CODES,
  SIDES_CODES,
  type SideName,
  type SidesName,
  TIME_IN_FORCE_CODES,
  type TimeInForceName,
} from './protocol-codes.ts';
import { requireAccount, requireU64, type ValueOrigin } from './value-ranges.ts';

export { COMMAND_BYTES } from './command-record.ts';

/** Most command records that one batch holds (protocol §7). */
export const BATCH_COMMANDS_MAX = 1024;

/**
 * What an order is, whether placed or taking another's place (protocol §3). Prices are in ticks and quantities in lots, both
 * 1 .. 2^48-1; times are nanoseconds since the epoch, u64.
 *
 * The last four of a Place or Replace (`displayQuantity`, `triggerPrice`, `expiry`, `replacementClientOrderId`) stand in a second
 * record: the command takes two records when one of them is given, be it as 0, else one.
 */
interface OrderFields {
  readonly timeInForce: TimeInForceName;
  /** Reject rather than take. */
  readonly postOnly?: boolean;
  /** Of a post-only order: rather than being rejected, move to the best price that does not take. */
  readonly slide?: boolean;
  /** What happens instead of a fill when it meets an order of its own account; `none` unless given. */
  readonly selfTradeMode?: SelfTradeModeName;
  /** u32. */
  readonly account: number;
  /** Ticks, 1 .. 2^48-1, a multiple of the market's tickSize; 0 of a market order. */
  readonly price: bigint;
  /** Lots, 1 .. 2^48-1, a multiple of the market's lotSize. */
  readonly quantity: bigint;
  /** Iceberg: how many lots it shows at most; 0 shows all. */
  readonly displayQuantity?: bigint;
  /** Stop: it waits until a trade at this price or, for a bid, above, for an ask, below; 0 is no stop. */
  readonly triggerPrice?: bigint;
  /** Of a GTD order, and only of that: it is gone in a batch whose timestamp is not below this. */
  readonly expiry?: bigint;
}

/** A new order: it takes what it crosses, and what is left rests, unless its time in force says otherwise (PROTOCOL.md §4). */
export interface PlaceCommand extends OrderFields {
  readonly kind: 'place';
  readonly side: SideName;
  /** Take at any price; `price` is 0. */
  readonly market?: boolean;
  /** u64, not looked at by the engine. */
  readonly clientOrderId: bigint;
}

/** Removes an order, resting or a waiting stop, and places another on its side; the new one has a new id and joins the back. */
export interface ReplaceCommand extends OrderFields {
  readonly kind: 'replace';
  readonly orderId: bigint;
  /** u64; 0 keeps the named order's. */
  readonly replacementClientOrderId?: bigint;
}

/** Removes an order of the account, resting or a waiting stop. */
export interface CancelCommand {
  readonly kind: 'cancel';
  readonly account: number;
  readonly orderId: bigint;
}

/** Takes `quantity` lots off an order, which keeps its place in the queue. */
export interface ReduceCommand {
  readonly kind: 'reduce';
  readonly account: number;
  readonly orderId: bigint;
  readonly quantity: bigint;
}

/** Cancels orders and waiting stops of the account, 64 at most, those in the lowest slots first. */
export interface CancelAllCommand {
  readonly kind: 'cancelAll';
  readonly account: number;
  readonly side: SidesName;
}

/** Sets the market state; `account` must be the market's operator. */
export interface SetMarketStateCommand {
  readonly kind: 'setMarketState';
  readonly account: number;
  readonly marketState: MarketStateName;
}

/** Removes what has expired, 64 orders and waiting stops at most. Anybody may send it. */
export interface SweepCommand {
  readonly kind: 'sweep';
  readonly account: number;
}

/** One command, told apart by `kind` (PROTOCOL.md §3). Prices are ticks, quantities lots, accounts u32, order ids u64, times ns since epoch. */
export type Command =
  | PlaceCommand
  | ReplaceCommand
  | CancelCommand
  | ReduceCommand
  | CancelAllCommand
  | SetMarketStateCommand
  | SweepCommand;

/** How many records a command takes. */
export function commandRecordCount(command: Command): 1 | 2 {
  return extensionOf(command) === undefined ? 1 : 2;
}

/**
 * Packs commands into records, one or two each. Throws INVALID_COMMAND, which names the index in `commands`, the field and its
 * value, for what no engine would accept: a value out of range, fields that cannot be together.
 */
export function encodeCommands(commands: readonly Command[]): Uint8Array {
  const recordCount = commands.reduce((sum, command) => sum + commandRecordCount(command), 0);
  const records = new Uint8Array(recordCount * COMMAND_BYTES);
  let next = 0;
  commands.forEach((command, index) => {
    next += writeCommand(command, records, next, index);
  });
  return records;
}

/**
 * Packs one command into `records`, from record `recordIndex` on, and returns how many records it took.
 *
 * @throws INVALID_COMMAND naming `recordIndex`, the field and its value; INVALID_LENGTH when it does not fit. Nothing is written then.
 */
export function encodeCommand(command: Command, records: Uint8Array, recordIndex = 0): 1 | 2 {
  return writeCommand(command, records, recordIndex, recordIndex);
}

/** Throws INVALID_LENGTH unless `bytes` are whole records; returns how many records they are. */
export function countCommands(bytes: Uint8Array): number {
  if (bytes.length % COMMAND_BYTES !== 0) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'commands',
      value: bytes.length,
      expected: `a multiple of ${COMMAND_BYTES}`,
    });
  }
  return bytes.length / COMMAND_BYTES;
}

function writeCommand(command: Command, records: Uint8Array, recordIndex: number, index: number): 1 | 2 {
  const record = recordOf(command, index);
  const fault = commandFault(record);
  if (fault !== undefined) refuse(index, fault.field, fault.value, fault.expected);
  const recordCount = record.extension === undefined ? 1 : 2;
  const end = (recordIndex + recordCount) * COMMAND_BYTES;
  if (!Number.isInteger(recordIndex) || recordIndex < 0 || end > records.length) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'records',
      value: records.length,
      expected: `at least ${end}`,
    });
  }
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  writeCommandRecord(view, recordIndex * COMMAND_BYTES, record);
  return recordCount;
}

const BLANK = {
  side: 0,
  timeInForce: 0,
  flags: 0,
  id: 0n,
  price: 0n,
  quantity: 0n,
  extension: undefined,
} as const;

/** The command's fields as numbers, each within its width. */
function recordOf(command: Command, index: number): CommandRecord {
  const origin: ValueOrigin = { code: 'INVALID_COMMAND', details: { index } };
  const kind = codeOf(KIND_CODES, command.kind, 'kind', index);
  const account = requireAccount(command.account, 'account', origin);
  const record: CommandRecord = { ...BLANK, kind, account };
  switch (command.kind) {
    case 'place':
    case 'replace':
      return orderRecord(command, record, index, origin);
    case 'cancel':
      return { ...record, id: requireU64(command.orderId, 'orderId', origin) };
    case 'reduce': {
      const id = requireU64(command.orderId, 'orderId', origin);
      return { ...record, id, quantity: requireU64(command.quantity, 'quantity', origin) };
    }
    case 'cancelAll':
      return { ...record, side: codeOf(SIDES_CODES, command.side, 'side', index) };
    case 'setMarketState': {
      const state = codeOf(MARKET_STATE_CODES, command.marketState, 'marketState', index);
      return { ...record, quantity: BigInt(state) };
    }
    case 'sweep':
      return record;
  }
}

function orderRecord(
  command: PlaceCommand | ReplaceCommand,
  record: CommandRecord,
  index: number,
  origin: ValueOrigin,
): CommandRecord {
  const isPlace = command.kind === 'place';
  const extension = extensionOf(command);
  for (const [field, value] of Object.entries(extension ?? {})) requireU64(value, field, origin);
  const mode = codeOf(SELF_TRADE_CODES, command.selfTradeMode ?? 'none', 'selfTradeMode', index);
  const flags =
    (command.postOnly ? FLAG.postOnly : 0) |
    (command.slide ? FLAG.slide : 0) |
    (isPlace && command.market ? FLAG.market : 0) |
    (extension === undefined ? 0 : FLAG.extended) |
    (mode << SELF_TRADE_SHIFT);
  return {
    ...record,
    side: isPlace ? codeOf(SIDE_CODES, command.side, 'side', index) : 0,
    timeInForce: codeOf(TIME_IN_FORCE_CODES, command.timeInForce, 'timeInForce', index),
    flags,
    id: isPlace
      ? requireU64(command.clientOrderId, 'clientOrderId', origin)
      : requireU64(command.orderId, 'orderId', origin),
    price: requireU64(command.price, 'price', origin),
    quantity: requireU64(command.quantity, 'quantity', origin),
    extension,
  };
}

function extensionOf(command: Command): CommandExtension | undefined {
  if (command.kind !== 'place' && command.kind !== 'replace') return undefined;
  const { displayQuantity, triggerPrice, expiry } = command;
  const replacementClientOrderId = command.kind === 'replace' ? command.replacementClientOrderId : undefined;
  const given = [displayQuantity, triggerPrice, expiry, replacementClientOrderId];
  if (given.every((value) => value === undefined)) return undefined;
  return {
    displayQuantity: displayQuantity ?? 0n,
    triggerPrice: triggerPrice ?? 0n,
    expiry: expiry ?? 0n,
    replacementClientOrderId: replacementClientOrderId ?? 0n,
  };
}

function codeOf<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  name: Name,
  field: string,
  index: number,
): number {
  if (!Object.hasOwn(codes, name)) refuse(index, field, name, `expected ${Object.keys(codes).join(', ')}`);
  return codes[name];
}

function refuse(index: number, field: string, value: unknown, reason: string): never {
  throw new ProofbookError('INVALID_COMMAND', { index, field, value: String(value), reason });
}
