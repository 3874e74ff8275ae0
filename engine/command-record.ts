import { FLAG, KIND_CODES, SELF_TRADE_SHIFT } from './protocol-codes.ts';

/** Size of one packed command record (protocol §3). */
export const COMMAND_BYTES = 32;

/** The second record of an extended Place or Replace. */
export interface CommandExtension {
  readonly displayQuantity: bigint;
  readonly triggerPrice: bigint;
  readonly expiry: bigint;
  readonly replacementClientOrderId: bigint;
}

/** A command's fields as its records hold them, in range or not (protocol §3). */
export interface CommandRecord {
  readonly kind: number;
  readonly side: number;
  readonly timeInForce: number;
  readonly flags: number;
  readonly account: number;
  /** clientOrderId of a Place, else orderId. */
  readonly id: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
  /** Undefined when the command has one record only, be it that the batch ends before the second. */
  readonly extension: CommandExtension | undefined;
}

/** True when the record asks for a second one. */
export function isExtended({ kind, flags }: Pick<CommandRecord, 'kind' | 'flags'>): boolean {
  return (kind === KIND_CODES.place || kind === KIND_CODES.replace) && (flags & FLAG.extended) !== 0;
}

export function selfTradeModeOf({ flags }: Pick<CommandRecord, 'flags'>): number {
  return (flags & FLAG.selfTrade) >> SELF_TRADE_SHIFT;
}

/** Writes the command at byte `at`: 32 bytes, or 64 with an extension. Every field fits its width. */
export function writeCommandRecord(view: DataView, at: number, record: CommandRecord): void {
  view.setUint8(at, record.kind);
  view.setUint8(at + 1, record.side);
  view.setUint8(at + 2, record.timeInForce);
  view.setUint8(at + 3, record.flags);
  view.setUint32(at + 4, record.account, true);
  view.setBigUint64(at + 8, record.id, true);
  view.setBigUint64(at + 16, record.price, true);
  view.setBigUint64(at + 24, record.quantity, true);
  const { extension } = record;
  if (extension === undefined) return;
  view.setBigUint64(at + 32, extension.displayQuantity, true);
  view.setBigUint64(at + 40, extension.triggerPrice, true);
  view.setBigUint64(at + 48, extension.expiry, true);
  view.setBigUint64(at + 56, extension.replacementClientOrderId, true);
}

/** Reads the command whose first record is at byte `at`; `view` ends where the batch does. */
export function readCommandRecord(view: DataView, at: number): CommandRecord {
  const kind = view.getUint8(at);
  const flags = view.getUint8(at + 3);
  const hasExtension = isExtended({ kind, flags }) && at + 2 * COMMAND_BYTES <= view.byteLength;
  return {
    kind,
    side: view.getUint8(at + 1),
    timeInForce: view.getUint8(at + 2),
    flags,
    account: view.getUint32(at + 4, true),
    id: view.getBigUint64(at + 8, true),
    price: view.getBigUint64(at + 16, true),
    quantity: view.getBigUint64(at + 24, true),
    extension: hasExtension ? readExtension(view, at + COMMAND_BYTES) : undefined,
  };
}

function readExtension(view: DataView, at: number): CommandExtension {
  return {
    displayQuantity: view.getBigUint64(at, true),
    triggerPrice: view.getBigUint64(at + 8, true),
    expiry: view.getBigUint64(at + 16, true),
    replacementClientOrderId: view.getBigUint64(at + 24, true),
  };
}
