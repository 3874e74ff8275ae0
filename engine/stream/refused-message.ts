import { ProofbookError } from '../proofbook-error.ts';
import { MESSAGE, MESSAGE_BYTES } from './message-layout.ts';

interface RefusedField {
  readonly field: string;
  readonly read: (view: DataView, message: number) => number | bigint;
  readonly reason: string;
}

/** Why the module refuses a message, by its number (`Refusal` in engine/assembly/stream.ts). */
const INVALID_FIELDS: Readonly<Record<number, RefusedField>> = {
  1: byteField('type', MESSAGE.type, 'must be 0 (new), 1 (cancel) or 2 (modify)'),
  2: byteField('side', MESSAGE.side, 'must be 0 (buy) or 1 (sell)'),
  3: byteField('ioc', MESSAGE.immediateOrCancel, 'must be 0 or 1'),
  4: {
    field: 'price',
    read: (view, message) => view.getBigInt64(message + MESSAGE.price, true),
    reason: 'must be 1 .. 2^48-1',
  },
  5: {
    field: 'quantity',
    read: (view, message) => view.getUint32(message + MESSAGE.quantity, true),
    reason: 'must be 1 or more',
  },
};
const LIVE_ID = 6;
const BOOK_FULL = 7;

/**
 * The error for a refusal. `message` is its place in the buffer of `view`, `index` its place in the stream. INVALID_MESSAGE,
 * ORDER_ID_LIVE or BOOK_EXHAUSTED.
 */
export function refusedMessage(
  refusal: number,
  view: DataView,
  message: number,
  index: number,
): ProofbookError {
  const at = message * MESSAGE_BYTES;
  const orderId = view.getBigUint64(at + MESSAGE.orderId, true);
  if (refusal === LIVE_ID) return new ProofbookError('ORDER_ID_LIVE', { index, value: orderId });
  if (refusal === BOOK_FULL) return new ProofbookError('BOOK_EXHAUSTED', { index, value: orderId });
  const invalid = INVALID_FIELDS[refusal];
  if (invalid === undefined) throw new Error(`refusal ${refusal} has no name`);
  const { field, read, reason } = invalid;
  return new ProofbookError('INVALID_MESSAGE', { index, field, value: read(view, at), reason });
}

function byteField(field: string, offset: number, reason: string): RefusedField {
  return { field, read: (view, message) => view.getUint8(message + offset), reason };
}
