import { encodeFix, fieldsText } from './fix-encoder.ts';
import type { FixField } from './fix-message.ts';
import { MSG, TAG } from './fix-tags.ts';
import { fixTime } from './fix-time.ts';
import { SentMessages } from './sent-messages.ts';

/** Who talks to whom: our CompID is the sender of what we send. */
export interface CompIds {
  readonly ours: string;
  readonly theirs: string;
}

/** Where a session's bytes go, while a client is connected. */
export interface FixLink {
  send(bytes: Buffer): void;
  /** The connection is to be closed when all that was sent is out. */
  close(reason: string): void;
}

/** The sending half of a session: numbers what goes out, keeps application messages, and sends them again. Outlives connections. */
export class FixSender {
  readonly #ids: CompIds;
  readonly #sent: SentMessages;
  link: FixLink | undefined;
  /** Sequence number of the next message. */
  next = 1;
  /** When something was sent last, ms. */
  lastMs = 0;

  constructor(ids: CompIds, keptMax: number) {
    this.#ids = ids;
    this.#sent = new SentMessages(keptMax);
  }

  get forgotten(): number {
    return this.#sent.forgotten;
  }

  reset(): void {
    this.next = 1;
    this.#sent.clear();
  }

  /** A message of the session layer; to nobody when nobody is connected, and then it takes no number. */
  admin(type: string, fields: readonly FixField[], nowMs: number): void {
    if (this.link === undefined) return;
    this.#emit(type, this.next++, fields, '', nowMs);
  }

  /** A message of the application: kept, and sent when somebody is logged on; who logs on later finds a gap and asks for it. */
  application(type: string, fields: readonly FixField[], nowMs: number, isLoggedOn: boolean): void {
    const sequence = this.next++;
    const body = fieldsText(fields);
    this.#sent.keep(sequence, { type, body, sendingTime: fixTime(nowMs) });
    if (isLoggedOn) this.#emit(type, sequence, [], body, nowMs);
  }

  /** Sends `first` .. `last` again: what is kept as a possible duplicate, runs of all else as one gap fill each. */
  resend(first: number, last: number, nowMs: number): void {
    let gapFrom = 0;
    for (let sequence = first; sequence <= last; sequence++) {
      const message = this.#sent.get(sequence);
      if (message === undefined) {
        gapFrom ||= sequence;
        continue;
      }
      if (gapFrom > 0) this.#fillGap(gapFrom, sequence, nowMs);
      gapFrom = 0;
      const head: FixField[] = [
        [TAG.possDupFlag, 'Y'],
        [TAG.origSendingTime, message.sendingTime],
      ];
      this.#emit(message.type, sequence, head, message.body, nowMs);
    }
    if (gapFrom > 0) this.#fillGap(gapFrom, last + 1, nowMs);
  }

  #fillGap(from: number, next: number, nowMs: number): void {
    const fields: FixField[] = [
      [TAG.possDupFlag, 'Y'],
      [TAG.origSendingTime, fixTime(nowMs)],
      [TAG.gapFillFlag, 'Y'],
      [TAG.newSeqNo, String(next)],
    ];
    this.#emit(MSG.sequenceReset, from, fields, '', nowMs);
  }

  /** @param fields behind the header's own @param behind more of them */
  #emit(type: string, sequence: number, fields: readonly FixField[], behind: string, nowMs: number): void {
    this.lastMs = nowMs;
    const header: FixField[] = [
      [TAG.senderCompId, this.#ids.ours],
      [TAG.targetCompId, this.#ids.theirs],
      [TAG.msgSeqNum, String(sequence)],
      [TAG.sendingTime, fixTime(nowMs)],
    ];
    this.link?.send(encodeFix(type, [...header, ...fields], behind));
  }
}
