import { type FixField, FixMessage } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { FixSession } from '../../queue/runtime/gateways/fix/session/fix-session.ts';
import { DEFAULT_FIX_SETTINGS } from '../../queue/runtime/gateways/fix/session/session-settings.ts';
import { fieldsOf, fixText, shown, utc } from './fix-text.ts';

export const START_MS = Date.UTC(2026, 0, 1);
/** What a test looks at: type, number, and what the session layer's messages say. */
const SHOWN = [35, 34, 43, 7, 16, 36, 123, 112, 45, 371, 373, 141, 108, 11];

/** A session and a client's hands on it; the clock stands still unless it is moved. */
export class FixDesk {
  readonly received: string[] = [];
  readonly closed: string[] = [];
  readonly session: FixSession;
  nowMs = START_MS;
  heard: string[] = [];

  constructor() {
    const application = {
      received: (message: FixMessage) => {
        this.received.push(`${message.get(34)} ${message.get(11) ?? ''}`.trim());
        return message.get(11) === 'faulty' ? { reason: 5, tag: 11, text: 'no' } : undefined;
      },
      mayLogOn: (message: FixMessage) => message.get(554) !== 'wrong',
    };
    const settings = { ...DEFAULT_FIX_SETTINGS, keptMessagesMax: 3 };
    this.session = new FixSession({ ours: 'VENUE', theirs: 'CLIENT' }, application, settings);
  }

  connect(): this {
    const link = {
      send: (bytes: Buffer) => void this.heard.push(bytes.toString('latin1')),
      close: (reason: string) => void this.closed.push(reason),
    };
    this.session.connected(link, this.nowMs);
    return this;
  }

  /** @param fields behind the header @param head in the place of the header's own */
  say(type: string, sequence: number | string, fields: FixField[] = [], head: FixField[] = []): this {
    const header: FixField[] = [
      [35, type],
      [49, 'CLIENT'],
      [56, 'VENUE'],
      [34, String(sequence)],
      [52, utc(this.nowMs)],
    ];
    const given = new Map(head);
    const own = header.map(([tag, value]): FixField => [tag, given.get(tag) ?? value]);
    const more = head.filter(([tag]) => !header.some(([known]) => known === tag) && tag !== 8);
    const text = fixText([...own.filter(([, value]) => value !== ''), ...more, ...fields], given.get(8));
    this.session.receive(new FixMessage(fieldsOf(text)), this.nowMs);
    return this;
  }

  logOn(sequence = 1, interval = '30'): this {
    return this.connect().say('A', sequence, [
      [98, '0'],
      [108, interval],
    ]);
  }

  /** What was sent since the last call, in short. */
  said(): string[] {
    const said = this.heard.map((text) => shown(text, SHOWN));
    this.heard = [];
    return said;
  }

  later(ms: number): this {
    this.nowMs += ms;
    this.session.tick(this.nowMs);
    return this;
  }

  text(): string | undefined {
    return this.heard.map((message) => fieldsOf(message).find(([tag]) => tag === 58)?.[1]).at(-1);
  }
}

/** A client that is logged on. */
export const loggedOn = () => {
  const desk = new FixDesk().logOn();
  desk.said();
  return desk;
};
/** What a message that may be there already has in its header. */
export const dup = (desk: FixDesk): FixField[] => [
  [43, 'Y'],
  [122, utc(desk.nowMs)],
];
