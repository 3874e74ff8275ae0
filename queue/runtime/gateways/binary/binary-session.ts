import { FAST_ERRORS } from '../../faults/fast-error.ts';
import { isExtendedHead } from '../../pipeline/command-intake.ts';
import type { RingConsumer } from '../../rings/ring-consumer.ts';
import { type DeskClient, NOT_OURS } from '../desk/desk-client.ts';
import type { OrderDesk } from '../desk/order-desk.ts';
import {
  BINARY_VERSION,
  CLIENT_FRAMES,
  type ClosureName,
  GATEWAY_FRAMES,
  HELLO_MAGIC,
  KEY_BYTES,
  KEY_OFFSET,
  REFUSALS,
} from './binary-layout.ts';
import { shapeRefusal } from './command-shape.ts';
import { EventFrames, frameOf } from './event-frames.ts';
import type { FrameIntake } from './frame-intake.ts';
import type { SessionLimits } from './session-limits.ts';

const BURST = 256;
const NUMBER_LIMIT = 2 ** 32 - 1;

/** Whether a key opens an account; says no, and never throws. */
export type KeyCheck = (account: number, key: Uint8Array) => boolean;

/** What a session needs of the gateway around it. */
export interface SessionHost {
  readonly desk: OrderDesk;
  readonly limits: SessionLimits;
  readonly marketId: bigint;
  readonly isKeyOf: KeyCheck;
  write(frame: Buffer): void;
  close(reason: ClosureName, detail: number): void;
}

/**
 * One client of the binary gateway, without its socket: frames in, commands to the desk, events and refusals out. Commands are numbered
 * from 1 by their order in the session, refused ones included; the client counts along.
 */
export class BinarySession implements DeskClient {
  readonly id: number;
  readonly #host: SessionHost;
  readonly #intake: FrameIntake;
  readonly #frames: EventFrames;
  /** Commands of the frame at the front that are checked and not sent yet. */
  readonly #places = new Int32Array(BURST);
  readonly #numbers = new Uint32Array(BURST);
  #staged = 0;
  /** Records of that frame that were looked at. */
  #looked = 0;
  #number = 0;
  #inFlight = 0;
  #account = -1;
  /** When the last chunk was read, on the desk's clock. */
  #readNs = 0;
  #isOpen = true;
  /** Set while its events are not read: then its commands are not read either. */
  isHeldBack = false;
  /** When the frame at the front began to come, NaN when none did; the gateway's clock. */
  frameSinceMs = Number.NaN;

  constructor(id: number, host: SessionHost, intake: FrameIntake) {
    this.id = id;
    this.#host = host;
    this.#intake = intake;
    this.#frames = new EventFrames((frame) => host.write(frame));
  }

  get isLoggedIn(): boolean {
    return this.#account >= 0;
  }

  /** Commands that were sent and not answered in full. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes in what came; false when it cannot be read to its end now: then nothing more may be read from the socket. */
  receive(chunk: Buffer, nowMs: number): boolean {
    this.#intake.give(chunk);
    this.#readNs = this.#host.desk.nowNs();
    return this.proceed(nowMs);
  }

  /** Reads on where it had to stop; false when it still cannot go on. */
  proceed(nowMs: number): boolean {
    for (;;) {
      const state = this.#isOpen ? this.#readFrames() : 'partial';
      if (state === 'held') return false;
      if (this.#isOpen && this.#intake.fill()) continue;
      this.#frames.flush();
      if (this.#intake.hasRest && Number.isNaN(this.frameSinceMs)) this.frameSinceMs = nowMs;
      return true;
    }
  }

  transition(output: RingConsumer, at: number, number: number): void {
    if (this.#isOpen) this.#frames.event(output, at, number);
    else this.#host.desk.drop();
  }

  done(number: number): void {
    if (number !== NOT_OURS) this.#inFlight -= 1;
  }

  flush(): void {
    if (this.#isOpen) this.#frames.flush();
  }

  /** Its client is gone, or was sent away. What it sent is still done, and told to nobody. */
  end(): void {
    if (!this.#isOpen) return;
    this.#frames.flush();
    this.#isOpen = false;
    if (this.isLoggedIn) this.#host.desk.accounts.remove(this.#account, this);
  }

  #readFrames(): 'held' | 'partial' {
    for (;;) {
      const state = this.#intake.state();
      if (state === 'partial') return 'partial';
      if (state !== 'whole') {
        this.#refuseFrame(state, this.#intake.length);
        return 'partial';
      }
      // It is here: from now on it is the gateway that takes its time.
      this.frameSinceMs = Number.NaN;
      if (this.#intake.type === CLIENT_FRAMES.hello) this.#login();
      else if (!this.isLoggedIn) this.#refuseFrame('notLoggedIn', this.#intake.type);
      else if (!this.#readCommands()) return 'held';
      if (!this.#isOpen) return 'partial';
      this.#intake.release();
      this.#looked = 0;
    }
  }

  #refuseFrame(reason: ClosureName, detail: number): void {
    this.#host.desk.errors.raise(FAST_ERRORS.MalformedFrame, this.id, detail | 0);
    this.#host.close(reason, detail);
  }

  #login(): void {
    const { words, bodyWord } = this.#intake;
    const [magic = 0, version = 0, signedAccount = 0] = words.subarray(bodyWord, bodyWord + 3);
    const account = signedAccount >>> 0;
    const keyAt = words.byteOffset + bodyWord * 4 + KEY_OFFSET;
    const key = Uint8Array.from(new Uint8Array(words.buffer, keyAt, KEY_BYTES));
    if (this.isLoggedIn) this.#refuseFrame('loggedInAlready', this.#account);
    else if (magic !== HELLO_MAGIC) this.#refuseFrame('badMagic', magic);
    else if (version !== BINARY_VERSION) this.#refuseFrame('badVersion', version);
    else if (!this.#host.isKeyOf(account, key)) this.#refuseFrame('badKey', account);
    else this.#welcome(account);
  }

  #welcome(account: number): void {
    this.#account = account;
    const { desk, limits, marketId } = this.#host;
    desk.accounts.add(account, this);
    const market = [Number(marketId & 0xffffffffn), Number(marketId >> 32n)];
    const body = [BINARY_VERSION, account, limits.inFlightMax, 0, ...market];
    this.#host.write(frameOf(GATEWAY_FRAMES.welcome, 1, body));
  }

  /** Sends the commands of the frame at the front; false when not all of them can go now. */
  #readCommands(): boolean {
    const { count } = this.#intake;
    for (;;) {
      if (!this.#sendStaged()) return false;
      if (this.#looked === count) return true;
      if (this.isHeldBack) return false;
      const room = Math.min(this.#host.desk.room(), this.#host.limits.inFlightMax - this.#inFlight, BURST);
      if (room <= 0) return false;
      this.#stage(room, count);
    }
  }

  #sendStaged(): boolean {
    if (this.#staged === 0) return true;
    const { desk } = this.#host;
    const { words } = this.#intake;
    if (!desk.send(this, words, this.#places, this.#numbers, this.#staged, this.#readNs)) return false;
    this.#inFlight += this.#staged;
    this.#staged = 0;
    return true;
  }

  /** Checks the next commands of the frame, until `room` may be sent. */
  #stage(room: number, count: number): void {
    const { words, bodyWord } = this.#intake;
    while (this.#staged < room && this.#looked < count) {
      const at = bodyWord + this.#looked * 8;
      const head = words[at] ?? 0;
      const left = count - this.#looked;
      this.#looked += isExtendedHead(head) && left > 1 ? 2 : 1;
      this.#number = this.#number === NUMBER_LIMIT ? 1 : this.#number + 1;
      const refusal =
        shapeRefusal(words, at, left, this.#account) ||
        (this.#host.desk.isRefused(head) ? REFUSALS.overloaded : 0);
      if (refusal === 0) {
        this.#places[this.#staged] = at;
        this.#numbers[this.#staged] = this.#number;
        this.#staged += 1;
        continue;
      }
      const code = refusal === REFUSALS.overloaded ? FAST_ERRORS.SystemOverload : FAST_ERRORS.InvalidOrder;
      this.#host.desk.errors.raise(code, this.id, refusal);
      this.#frames.refusal(this.#number, refusal);
    }
  }
}
