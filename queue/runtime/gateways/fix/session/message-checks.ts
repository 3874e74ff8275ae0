import type { FixMessage } from './fix-message.ts';
import type { CompIds } from './fix-sender.ts';
import { isKnownType, REJECT, TAG } from './fix-tags.ts';
import { epochMsOf } from './fix-time.ts';

/** Why a message is refused by a Reject (35=3), naming the tag at fault when there is one. */
export interface MessageFault {
  readonly reason: number;
  readonly tag?: number;
  readonly text: string;
}

/** A fault at a tag. */
export function faultAt(reason: number, tag: number, text: string): MessageFault {
  return { reason, tag, text };
}

/** Tags that no message has twice: of the header and of the orders; others may stand in repeating groups. */
const SINGLE_TAGS: ReadonlySet<number> = new Set([
  7, 8, 9, 10, 11, 16, 34, 35, 36, 37, 38, 40, 41, 43, 44, 49, 52, 54, 55, 56, 59, 60, 97, 98, 99, 108, 111,
  112, 122, 123, 126, 141, 432, 530, 1138,
]);

/** The first fault of a message's fields that any message may have, whatever its type. */
export function fieldFault(message: FixMessage): MessageFault | undefined {
  const seen = new Set<number>();
  for (const [tag, value] of message.fields) {
    if (tag === 0) return { reason: REJECT.invalidTag, text: `no tag: ${value.slice(0, 20)}` };
    if (value === '') return { reason: REJECT.emptyValue, tag, text: 'a tag without a value' };
    if (seen.has(tag) && SINGLE_TAGS.has(tag))
      return { reason: REJECT.tagTwice, tag, text: 'a tag appears twice' };
    seen.add(tag);
  }
  if (isKnownType(message.type)) return undefined;
  return { reason: REJECT.invalidMsgType, tag: 35, text: `no such MsgType in FIX 4.4: ${message.type}` };
}

/** What is wrong with the times in a header, if anything. @param toleranceMs how far SendingTime may be off the clock */
export function timeFault(message: FixMessage, nowMs: number, toleranceMs: number): MessageFault | undefined {
  const sending = requireTime(message, TAG.sendingTime);
  if (typeof sending !== 'number') return sending;
  if (Math.abs(sending - nowMs) > toleranceMs) {
    return { reason: REJECT.sendingTimeProblem, tag: TAG.sendingTime, text: 'SendingTime accuracy problem' };
  }
  if (!message.isSet(TAG.possDupFlag)) return undefined;
  const original = requireTime(message, TAG.origSendingTime);
  if (typeof original !== 'number') return original;
  if (original <= sending) return undefined;
  const text = 'OrigSendingTime is after SendingTime';
  return { reason: REJECT.sendingTimeProblem, tag: TAG.origSendingTime, text };
}

function requireTime(message: FixMessage, tag: number): number | MessageFault {
  const text = message.get(tag);
  if (text === undefined) return { reason: REJECT.requiredTagMissing, tag, text: 'required tag missing' };
  return epochMsOf(text) ?? { reason: REJECT.badFormat, tag, text: 'no UTCTimestamp' };
}

/** FIX 4.4 and no other. */
const BEGIN_STRING = 'FIX.4.4';

/** What is wrong with who a message says it is from and for, if anything. */
export function identityFault(message: FixMessage, ids: CompIds): MessageFault | undefined {
  if (message.get(TAG.beginString) !== BEGIN_STRING)
    return faultAt(REJECT.valueIncorrect, TAG.beginString, `BeginString must be ${BEGIN_STRING}`);
  if (message.get(TAG.senderCompId) !== ids.theirs)
    return faultAt(REJECT.compIdProblem, TAG.senderCompId, 'SenderCompID is another');
  if (message.get(TAG.targetCompId) === ids.ours) return undefined;
  return faultAt(REJECT.compIdProblem, TAG.targetCompId, 'TargetCompID is another');
}

/** The range that a ResendRequest asks for, or what is wrong with it. @param newest the last sequence number that was used */
export function resendRange(
  message: FixMessage,
  newest: number,
): { readonly first: number; readonly last: number } | MessageFault {
  const first = message.whole(TAG.beginSeqNo);
  const end = message.whole(TAG.endSeqNo);
  if (first === undefined || first < 1 || first > newest)
    return faultAt(REJECT.valueIncorrect, TAG.beginSeqNo, `BeginSeqNo must be in 1 .. ${newest}`);
  if (end === undefined || (end !== 0 && end < first))
    return faultAt(REJECT.valueIncorrect, TAG.endSeqNo, 'EndSeqNo must be 0, or not below BeginSeqNo');
  return { first, last: end === 0 ? newest : Math.min(end, newest) };
}

/** Why a Logon is refused, whoever sends it; its sequence number is checked elsewhere. */
export function logonFault(message: FixMessage, heartBtIntMax: number): string | undefined {
  const interval = message.whole(TAG.heartBtInt);
  if (message.get(TAG.encryptMethod) !== '0') return 'EncryptMethod must be 0';
  if (interval === undefined || interval > heartBtIntMax)
    return `HeartBtInt must be in 0 .. ${heartBtIntMax}`;
  const isReset = message.isSet(TAG.resetSeqNumFlag);
  return isReset && message.whole(TAG.msgSeqNum) !== 1
    ? 'ResetSeqNumFlag with a MsgSeqNum that is not 1'
    : undefined;
}
