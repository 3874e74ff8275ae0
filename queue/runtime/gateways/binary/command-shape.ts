import { FLAG, KIND_CODES } from '../../../../engine/protocol-codes.ts';
import { isExtendedHead } from '../../pipeline/command-intake.ts';
import { REFUSALS, type RefusalCode } from './binary-layout.ts';

const KIND_MAX = KIND_CODES.sweep;
const ACCOUNT_WORD = 1;
const PRICE_HIGH_WORD = 5;
const QUANTITY_HIGH_WORD = 7;
/** A price or a quantity is below 2^48: its upper u32 is below this. */
const HIGH_LIMIT = 2 ** 16;

/** 0, or why a gateway takes no such command, whatever the book is: what can be seen without a BigInt. The engine checks everything again. */
export function shapeRefusal(
  words: Int32Array,
  at: number,
  recordsLeft: number,
  account: number,
): RefusalCode | 0 {
  const head = words[at] ?? 0;
  const kind = head & 0xff;
  if (kind === 0 || kind > KIND_MAX) return REFUSALS.unknownKind;
  if ((words[at + ACCOUNT_WORD] ?? 0) >>> 0 !== account) return REFUSALS.notYourAccount;
  if ((head & (FLAG.reserved << 24)) !== 0) return REFUSALS.reservedBits;
  if (isExtendedHead(head) && recordsLeft < 2) return REFUSALS.missingExtension;
  const isOutOfRange =
    (words[at + PRICE_HIGH_WORD] ?? 0) >>> 0 >= HIGH_LIMIT ||
    (words[at + QUANTITY_HIGH_WORD] ?? 0) >>> 0 >= HIGH_LIMIT;
  return isOutOfRange ? REFUSALS.outOfRange : 0;
}
