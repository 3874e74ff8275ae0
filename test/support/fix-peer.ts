import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { fieldsOf, fixText, utc } from './fix-text.ts';

const ADMIN = new Set(['0', '1', '2', '3', '4', '5', 'A']);

/** A client's side of a FIX session, small and by the book: what the venue's session is played against. */
export class FixPeer {
  /** What is on its way to the venue. */
  readonly wire: string[] = [];
  /** Text of each application message that came, in the order in which it was taken. */
  readonly taken: string[] = [];
  nextOut = 1;
  nextIn = 1;
  #askedForGap = Number.NaN;
  readonly #sent = new Map<number, readonly [string, string]>();

  logOn(nowMs: number): void {
    this.wire.length = 0;
    this.#askedForGap = Number.NaN;
    this.#say('A', this.nextOut++, nowMs, [
      [98, '0'],
      [108, '30'],
    ]);
  }

  /** Sends an application message whose text is `text`. */
  order(text: string, nowMs: number): void {
    this.#sent.set(this.nextOut, [text, utc(nowMs)]);
    this.#say('D', this.nextOut++, nowMs, [[58, text]]);
  }

  heartbeat(nowMs: number): void {
    this.#say('0', this.nextOut++, nowMs, []);
  }

  hear(text: string, nowMs: number): void {
    const fields = fieldsOf(text);
    const value = (tag: number) => fields.find(([found]) => found === tag)?.[1];
    const type = value(35) ?? '';
    const sequence = Number(value(34));
    if (type === '2') this.#resend(Number(value(7)), nowMs);
    if (sequence > this.nextIn) {
      if (!(nowMs - this.#askedForGap < 30_000)) this.#askForRest(nowMs);
      return;
    }
    if (sequence < this.nextIn) {
      if (value(43) !== 'Y') throw new Error(`the venue used ${sequence} again: ${text}`);
      return;
    }
    this.#askedForGap = Number.NaN;
    this.nextIn = type === '4' ? Number(value(36)) : sequence + 1;
    if (type === '1') this.#say('0', this.nextOut++, nowMs, [[112, value(112) ?? '']]);
    if (!ADMIN.has(type)) this.taken.push(value(58) ?? '');
  }

  #askForRest(nowMs: number): void {
    this.#askedForGap = nowMs;
    this.#say('2', this.nextOut++, nowMs, [
      [7, String(this.nextIn)],
      [16, '0'],
    ]);
  }

  /** One message for each number: an order as it was, anything else as a gap of one. */
  #resend(first: number, nowMs: number): void {
    const end = this.nextOut;
    for (let sequence = first; sequence < end; sequence++) {
      const [text, time] = this.#sent.get(sequence) ?? [undefined, utc(nowMs)];
      const head: FixField[] = [
        [43, 'Y'],
        [122, time],
      ];
      if (text !== undefined) this.#say('D', sequence, nowMs, [...head, [58, text]]);
      else this.#say('4', sequence, nowMs, [...head, [123, 'Y'], [36, String(sequence + 1)]]);
    }
  }

  #say(type: string, sequence: number, nowMs: number, fields: readonly FixField[]): void {
    const header: FixField[] = [
      [35, type],
      [49, 'CLIENT'],
      [56, 'VENUE'],
      [34, String(sequence)],
      [52, utc(nowMs)],
    ];
    this.wire.push(fixText([...header, ...fields]));
  }
}
