import type { FixField, FixMessage } from './fix-message.ts';
import type { FixSender } from './fix-sender.ts';
import { MSG, TAG } from './fix-tags.ts';
import type { MessageFault } from './message-checks.ts';

/** The messages of the session layer that a venue sends. */
export class SessionMessages {
  readonly #sender: FixSender;

  constructor(sender: FixSender) {
    this.#sender = sender;
  }

  logon(heartBtInt: number, isReset: boolean, nowMs: number): void {
    const fields: FixField[] = [
      [TAG.encryptMethod, '0'],
      [TAG.heartBtInt, String(heartBtInt)],
    ];
    if (isReset) fields.push([TAG.resetSeqNumFlag, 'Y']);
    this.#sender.admin(MSG.logon, fields, nowMs);
  }

  /** @param text why; absent in the answer to a Logout */
  logout(text: string | undefined, nowMs: number): void {
    this.#sender.admin(MSG.logout, text === undefined ? [] : [[TAG.text, text]], nowMs);
  }

  /** @param testReqId of the TestRequest that it answers, if it answers one */
  heartbeat(testReqId: string | undefined, nowMs: number): void {
    this.#sender.admin(MSG.heartbeat, testReqId === undefined ? [] : [[TAG.testReqId, testReqId]], nowMs);
  }

  testRequest(nowMs: number): void {
    this.#sender.admin(MSG.testRequest, [[TAG.testReqId, `alive-${nowMs}`]], nowMs);
  }

  /** Asks for everything from `first` on. */
  resendRequest(first: number, nowMs: number): void {
    const range: FixField[] = [
      [TAG.beginSeqNo, String(first)],
      [TAG.endSeqNo, '0'],
    ];
    this.#sender.admin(MSG.resendRequest, range, nowMs);
  }

  reject(message: FixMessage, fault: MessageFault, nowMs: number): void {
    const fields: FixField[] = [[TAG.refSeqNum, message.get(TAG.msgSeqNum) ?? '0']];
    if (fault.tag !== undefined) fields.push([TAG.refTagId, String(fault.tag)]);
    if (message.type !== '') fields.push([TAG.refMsgType, message.type]);
    fields.push([TAG.sessionRejectReason, String(fault.reason)], [TAG.text, fault.text]);
    this.#sender.admin(MSG.reject, fields, nowMs);
  }
}
