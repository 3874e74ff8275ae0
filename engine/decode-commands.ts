import { type Command, countCommands } from './command.ts';
import { commandFault } from './command-fault.ts';
import { COMMAND_BYTES, type CommandRecord, readCommandRecord, selfTradeModeOf } from './command-record.ts';
import { copyBytes } from './copy-bytes.ts';
import {
  FLAG,
  KIND_CODES,
  MARKET_STATE_CODES,
  requireNameOfCode,
  SELF_TRADE_CODES,
  SIDE_CODES,
  SIDES_CODES,
  TIME_IN_FORCE_CODES,
} from './protocol-codes.ts';
import type { TransitionReason } from './transition.ts';

/** Records that the engine rejects whatever the market, the book and the time are. */
export interface InvalidCommand {
  readonly kind: 'invalid';
  readonly account: number;
  /**
   * The first check of protocol §3 that it fails, of those that look at nothing but the command. The engine names the same unless one
   * that needs more comes before: a price off the tick, a quantity off the lot.
   */
  readonly reason: TransitionReason;
  /** The field at fault. */
  readonly field: string;
  /** Its one or two records, as they are. */
  readonly records: Uint8Array;
}

/** A command and where it stands in its batch. */
export interface DecodedCommand {
  /** Index of its first record: the `commandIndex` of its transitions. */
  readonly index: number;
  readonly recordCount: 1 | 2;
  readonly command: Command | InvalidCommand;
}

/**
 * Reads a batch of packed records, whatever is in them. Encoding the commands gives the same records again: a field of the second
 * record is given for a command that has one, and only for that.
 *
 * @param records 32 bytes each
 * @throws INVALID_LENGTH for a part of a record, and nothing else
 */
export function decodeCommands(records: Uint8Array): DecodedCommand[] {
  const count = countCommands(records);
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const commands: DecodedCommand[] = [];
  for (let index = 0; index < count; ) {
    const decoded = decodeAt(records, view, index);
    commands.push(decoded);
    index += decoded.recordCount;
  }
  return commands;
}

function decodeAt(records: Uint8Array, view: DataView, index: number): DecodedCommand {
  const at = index * COMMAND_BYTES;
  const record = readCommandRecord(view, at);
  const recordCount = record.extension === undefined ? 1 : 2;
  const fault = commandFault(record);
  if (fault === undefined) return { index, recordCount, command: commandOf(record) };
  const { reason, field } = fault;
  const own = copyBytes(records, at, at + recordCount * COMMAND_BYTES);
  const command = { kind: 'invalid', account: record.account, reason, field, records: own } as const;
  return { index, recordCount, command };
}

/** The command of a record without a fault. */
function commandOf(record: CommandRecord): Command {
  const { account, id: orderId, quantity } = record;
  const kind = requireNameOfCode(KIND_CODES, record.kind, 'kind');
  switch (kind) {
    case 'place':
      return {
        kind,
        side: requireNameOfCode(SIDE_CODES, record.side, 'side'),
        ...((record.flags & FLAG.market) !== 0 ? { market: true } : {}),
        clientOrderId: record.id,
        ...orderFields(record),
      };
    case 'replace': {
      const { replacementClientOrderId } = record.extension ?? {};
      return {
        kind,
        orderId,
        ...orderFields(record),
        ...(replacementClientOrderId === undefined ? {} : { replacementClientOrderId }),
      };
    }
    case 'cancel':
      return { kind, account, orderId };
    case 'reduce':
      return { kind, account, orderId, quantity };
    case 'cancelAll':
      return { kind, account, side: requireNameOfCode(SIDES_CODES, record.side, 'side') };
    case 'setMarketState':
      return {
        kind,
        account,
        marketState: requireNameOfCode(MARKET_STATE_CODES, Number(quantity), 'marketState'),
      };
    case 'sweep':
      return { kind, account };
  }
}

function orderFields(record: CommandRecord) {
  const { flags, account, price, quantity, extension } = record;
  const selfTradeMode = requireNameOfCode(SELF_TRADE_CODES, selfTradeModeOf(record), 'selfTradeMode');
  return {
    timeInForce: requireNameOfCode(TIME_IN_FORCE_CODES, record.timeInForce, 'timeInForce'),
    ...((flags & FLAG.postOnly) !== 0 ? { postOnly: true } : {}),
    ...((flags & FLAG.slide) !== 0 ? { slide: true } : {}),
    ...(selfTradeMode === 'none' ? {} : { selfTradeMode }),
    account,
    price,
    quantity,
    ...(extension === undefined
      ? {}
      : {
          displayQuantity: extension.displayQuantity,
          triggerPrice: extension.triggerPrice,
          expiry: extension.expiry,
        }),
  };
}
