import type { Lots, OrderId, Ticks } from './brands.ts';
import { ProofbookError } from './proofbook-error.ts';

/** Size of one packed transition (protocol §5). */
export const TRANSITION_BYTES = 64;

const TYPE_NAMES = {
  1: 'accepted',
  2: 'filled',
  3: 'canceled',
  4: 'reduced',
  6: 'rejected',
  9: 'evicted',
} as const;

const REASON_NAMES = {
  0: 'none',
  1: 'unknownKind',
  2: 'reservedBits',
  3: 'invalidSide',
  4: 'invalidTimeInForce',
  5: 'invalidCombination',
  6: 'invalidPrice',
  7: 'invalidQuantity',
  8: 'missingExtension',
  9: 'unsupported',
  10: 'unknownOrder',
  11: 'notOwner',
  12: 'wouldTake',
  13: 'unfillable',
  14: 'matchLimit',
  15: 'bookFull',
  32: 'requested',
  33: 'remainder',
} as const;

export type TransitionType = (typeof TYPE_NAMES)[keyof typeof TYPE_NAMES];
export type TransitionReason = (typeof REASON_NAMES)[keyof typeof REASON_NAMES];

/** One state transition, its fields as in the table of protocol §5. */
export interface Transition {
  readonly type: TransitionType;
  /** 0 bid, 1 ask; of a rejected command, the byte as it was sent. */
  readonly side: number;
  readonly reason: TransitionReason;
  readonly flags: number;
  readonly account: number;
  readonly sequence: bigint;
  readonly orderId: OrderId;
  /** 0 for a fill. */
  readonly clientOrderId: bigint;
  /** 0 unless this is a fill. */
  readonly makerOrderId: OrderId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly remaining: Lots;
  readonly makerAccount: number;
  readonly commandIndex: number;
}

/** Reads packed transitions. Throws INVALID_LENGTH, or INVALID_FIELD for a type or reason that the protocol does not know. */
export function decodeTransitions(bytes: Uint8Array): Transition[] {
  if (bytes.length % TRANSITION_BYTES !== 0) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'transitions',
      value: bytes.length,
      expected: `a multiple of ${TRANSITION_BYTES}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / TRANSITION_BYTES }, (_, index) => decodeAt(view, index));
}

function decodeAt(view: DataView, index: number): Transition {
  const at = index * TRANSITION_BYTES;
  const type = nameOf(TYPE_NAMES, view.getUint8(at), `transition ${index} type`);
  const otherId = view.getBigUint64(at + 24, true);
  return {
    type,
    side: view.getUint8(at + 1),
    reason: nameOf(REASON_NAMES, view.getUint8(at + 2), `transition ${index} reason`),
    flags: view.getUint8(at + 3),
    account: view.getUint32(at + 4, true),
    sequence: view.getBigUint64(at + 8, true),
    orderId: view.getBigUint64(at + 16, true) as OrderId,
    clientOrderId: type === 'filled' ? 0n : otherId,
    makerOrderId: (type === 'filled' ? otherId : 0n) as OrderId,
    price: view.getBigUint64(at + 32, true) as Ticks,
    quantity: view.getBigUint64(at + 40, true) as Lots,
    remaining: view.getBigUint64(at + 48, true) as Lots,
    makerAccount: view.getUint32(at + 56, true),
    commandIndex: view.getUint32(at + 60, true),
  };
}

function nameOf<Names extends Readonly<Record<number, string>>>(
  names: Names,
  code: number,
  field: string,
): Names[keyof Names] {
  const name = names[code];
  if (name === undefined)
    throw new ProofbookError('INVALID_FIELD', { field, value: code, reason: 'no such code' });
  return name as Names[keyof Names];
}
