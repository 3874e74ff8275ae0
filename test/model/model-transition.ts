import { concatBytes, fieldOf, joinFields, packWords, readWords } from './words.ts';

const TRANSITION_RECORD_BYTES = 64;

export const TRANSITION = {
  accepted: 1n,
  filled: 2n,
  canceled: 3n,
  reduced: 4n,
  replaced: 5n,
  rejected: 6n,
  expired: 7n,
  triggered: 8n,
  evicted: 9n,
  marketStateChanged: 10n,
  terms: 11n,
} as const;

export const REASON = {
  none: 0n,
  unknownKind: 1n,
  reservedBits: 2n,
  invalidSide: 3n,
  invalidTimeInForce: 4n,
  invalidCombination: 5n,
  invalidPrice: 6n,
  invalidQuantity: 7n,
  missingExtension: 8n,
  unknownOrder: 10n,
  notOwner: 11n,
  wouldTake: 12n,
  unfillable: 13n,
  matchLimit: 14n,
  bookFull: 15n,
  offTick: 16n,
  offLot: 17n,
  invalidDisplay: 18n,
  invalidTrigger: 19n,
  expiryPassed: 20n,
  marketClosed: 21n,
  stopBookFull: 22n,
  invalidMarketState: 23n,
  notOperator: 24n,
  noOrders: 25n,
  requested: 32n,
  remainder: 33n,
  replaced: 34n,
  selfTrade: 35n,
} as const;

/** One state transition, field for field (protocol §5). */
export interface ModelTransition {
  readonly type: bigint;
  readonly side: bigint;
  readonly reason: bigint;
  readonly flags: bigint;
  readonly account: bigint;
  readonly sequence: bigint;
  readonly orderId: bigint;
  /** clientOrderId; makerOrderId in Filled; displayQuantity in Terms. */
  readonly relatedId: bigint;
  /** triggerPrice in Terms. */
  readonly price: bigint;
  /** expiry in Terms, the new state in MarketStateChanged. */
  readonly quantity: bigint;
  /** timeInForce in Terms, triggerPrice in Triggered, the old state in MarketStateChanged. */
  readonly remaining: bigint;
  readonly makerAccount: bigint;
  readonly commandIndex: bigint;
}

/** 64 bytes for each transition. */
export function encodeTransitionList(transitions: readonly ModelTransition[]): Uint8Array {
  return concatBytes(
    transitions.map((transition) =>
      packWords([
        joinFields(
          [transition.type, 8n],
          [transition.side, 8n],
          [transition.reason, 8n],
          [transition.flags, 8n],
          [transition.account, 32n],
        ),
        transition.sequence,
        transition.orderId,
        transition.relatedId,
        transition.price,
        transition.quantity,
        transition.remaining,
        joinFields([transition.makerAccount, 32n], [transition.commandIndex, 32n]),
      ]),
    ),
  );
}

/** Reads 64-byte records; the length is a multiple of 64. */
export function decodeTransitionList(bytes: Uint8Array): ModelTransition[] {
  return Array.from({ length: bytes.length / TRANSITION_RECORD_BYTES }, (_, index) => {
    const record = bytes.subarray(index * TRANSITION_RECORD_BYTES, (index + 1) * TRANSITION_RECORD_BYTES);
    const [head = 0n, sequence = 0n, orderId = 0n, relatedId = 0n, ...rest] = readWords(record);
    const [price = 0n, quantity = 0n, remaining = 0n, tail = 0n] = rest;
    return {
      type: fieldOf(head, 0n, 8n),
      side: fieldOf(head, 8n, 8n),
      reason: fieldOf(head, 16n, 8n),
      flags: fieldOf(head, 24n, 8n),
      account: fieldOf(head, 32n, 32n),
      sequence,
      orderId,
      relatedId,
      price,
      quantity,
      remaining,
      makerAccount: fieldOf(tail, 0n, 32n),
      commandIndex: fieldOf(tail, 32n, 32n),
    };
  });
}
