import type { SideName } from '../../engine/protocol-codes.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';

/** One fill. */
export interface Trade {
  readonly sequence: bigint;
  /** Ticks: the maker's. */
  readonly price: bigint;
  /** Lots. */
  readonly quantity: bigint;
  readonly takerSide: SideName;
  readonly makerOrderId: bigint;
  readonly takerOrderId: bigint;
  readonly batchNumber: bigint;
  /** Of its batch, ns since epoch. */
  readonly timestampNs: bigint;
}

const TYPE_FILLED = 2;

/** The fills among packed transitions of one batch (protocol §5), in order. */
export function tradesOf(
  transitions: Uint8Array,
  batchNumber: bigint,
  timestampNs: bigint,
): readonly Trade[] {
  const view = new DataView(transitions.buffer, transitions.byteOffset, transitions.byteLength);
  const trades: Trade[] = [];
  for (let at = 0; at < transitions.length; at += TRANSITION_BYTES) {
    if (view.getUint8(at) !== TYPE_FILLED) continue;
    const word = (number: number): bigint => view.getBigUint64(at + number * 8, true);
    trades.push({
      sequence: word(1),
      price: word(4),
      quantity: word(5),
      takerSide: view.getUint8(at + 1) === 0 ? 'bid' : 'ask',
      makerOrderId: word(3),
      takerOrderId: word(2),
      batchNumber,
      timestampNs,
    });
  }
  return trades;
}
