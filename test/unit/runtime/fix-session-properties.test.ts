import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FixMessage } from '../../../queue/runtime/gateways/fix/session/fix-message.ts';
import { FixSession } from '../../../queue/runtime/gateways/fix/session/fix-session.ts';
import { FixPeer } from '../../support/fix-peer.ts';
import { fieldsOf } from '../../support/fix-text.ts';
import { SEED } from '../../support/seed.ts';

const IDS = { ours: 'VENUE', theirs: 'CLIENT' };
/** Longer than a gap is waited for, shorter than silence that ends a session. */
const ROUND_MS = 31_000;
const ROUNDS = 20;

type Step =
  | 'venueSends'
  | 'peerSends'
  | 'toVenue'
  | 'toPeer'
  | 'garbleToVenue'
  | 'garbleToPeer'
  | 'cut'
  | 'wait';
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Step>('venueSends', 'peerSends') },
  { weight: 8, arbitrary: fc.constantFrom<Step>('toVenue', 'toPeer') },
  { weight: 2, arbitrary: fc.constantFrom<Step>('garbleToVenue', 'garbleToPeer', 'wait') },
  { weight: 1, arbitrary: fc.constant<Step>('cut') },
);

/** A venue's session and a client's with two wires between them, which lose what is garbled, and all that is on them when they are cut. */
class Line {
  readonly peer = new FixPeer();
  readonly session: FixSession;
  readonly taken: string[] = [];
  readonly venueSent: string[] = [];
  readonly peerSent: string[] = [];
  #toPeer: string[] = [];
  #nowMs = Date.UTC(2026, 0, 1);

  constructor() {
    const received = (message: FixMessage) => void this.taken.push(message.get(58) ?? '');
    const application = {
      received: (message: FixMessage) => {
        received(message);
        return undefined;
      },
      mayLogOn: () => true,
    };
    this.session = new FixSession(IDS, application);
    this.#connect();
  }

  take(kind: Step): void {
    if (kind === 'venueSends') {
      this.venueSent.push(`v${this.venueSent.length}`);
      this.session.send('8', [[58, this.venueSent.at(-1) ?? '']], this.#nowMs);
    } else if (kind === 'peerSends') {
      this.peerSent.push(`p${this.peerSent.length}`);
      this.peer.order(this.peerSent.at(-1) ?? '', this.#nowMs);
    } else if (kind === 'toVenue') this.#toVenue();
    else if (kind === 'toPeer') this.#hear();
    else if (kind === 'garbleToVenue') this.#garble(this.peer.wire);
    else if (kind === 'garbleToPeer') this.#garble(this.#toPeer);
    else if (kind === 'cut') this.#connect();
    else this.#wait(1000);
    if (!this.session.isConnected) this.#connect();
  }

  /** Goes on without losses until both sides have all. */
  settle(): void {
    for (let round = 0; round < ROUNDS; round++) {
      while (this.peer.wire.length + this.#toPeer.length > 0) {
        this.#toVenue();
        this.#hear();
      }
      this.#wait(ROUND_MS);
      if (!this.session.isConnected) this.#connect();
      this.peer.heartbeat(this.#nowMs);
    }
    while (this.peer.wire.length + this.#toPeer.length > 0) {
      this.#toVenue();
      this.#hear();
    }
  }

  /** A Logon is not lost: without it there is no connection. */
  #connect(): void {
    this.session.disconnected();
    this.#toPeer = [];
    const toPeer = this.#toPeer;
    const link = {
      send: (bytes: Buffer) => void toPeer.push(bytes.toString('latin1')),
      close: () => undefined,
    };
    this.session.connected(link, this.#nowMs);
    this.peer.logOn(this.#nowMs);
    this.#toVenue();
    this.#hear();
  }

  #garble(wire: string[]): void {
    wire.shift();
  }

  #toVenue(): void {
    const text = this.peer.wire.shift();
    if (text !== undefined) this.session.receive(new FixMessage(fieldsOf(text)), this.#nowMs);
  }

  #hear(): void {
    const text = this.#toPeer.shift();
    if (text !== undefined) this.peer.hear(text, this.#nowMs);
  }

  #wait(ms: number): void {
    this.#nowMs += ms;
    this.session.tick(this.#nowMs);
  }
}

test(`brings every message once and in order, both ways, whatever is lost and however often the line is cut (seed ${SEED})`, () => {
  let cuts = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 120 }), (steps) => {
      const line = new Line();
      for (const kind of steps) line.take(kind);
      cuts += steps.filter((kind) => kind === 'cut').length;
      line.settle();
      expect(line.taken).toEqual(line.peerSent);
      expect(line.peer.taken).toEqual(line.venueSent);
      expect(line.session.sequences).toEqual({ incoming: line.peer.nextOut, outgoing: line.peer.nextIn });
    }),
    { seed: SEED, numRuns: 500 },
  );
  expect(cuts).toBeGreaterThan(100);
});
