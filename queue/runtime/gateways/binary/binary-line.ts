import type { Socket } from 'node:net';
import { FAST_ERRORS, type FastErrorCode } from '../../faults/fast-error.ts';
import type { DeskLoop, RoomWaiter } from '../desk/desk-loop.ts';
import type { OrderDesk } from '../desk/order-desk.ts';
import type { SessionCounts } from '../desk/session-counts.ts';
import type { ClosureName } from './binary-layout.ts';
import { BinarySession, type KeyCheck, type SessionHost } from './binary-session.ts';
import { closedFrame } from './event-frames.ts';
import type { FrameIntake } from './frame-intake.ts';
import type { SessionLimits } from './session-limits.ts';

/** How long a client that was sent away may take to read why. */
const FAREWELL_MS = 1000;
const KEEP_ALIVE_MS = 10_000;

/** What all lines of a gateway share. */
export interface LineContext {
  readonly desk: OrderDesk;
  readonly loop: DeskLoop;
  readonly counts: SessionCounts;
  readonly limits: SessionLimits;
  readonly marketId: bigint;
  readonly isKeyOf: KeyCheck;
}

/** Errors of the hot path by the reason that a session was ended for; what is not here was raised where it was found. */
const ERROR_OF_CLOSURE: Readonly<Partial<Record<ClosureName, FastErrorCode>>> = {
  slowLogin: FAST_ERRORS.NetworkTimeout,
  stalledFrame: FAST_ERRORS.NetworkTimeout,
  slowReader: FAST_ERRORS.NetworkTimeout,
};

/** One socket of the binary gateway and its session: reads when the session can, and bounds what waits for a client that does not read. */
export class BinaryLine implements SessionHost, RoomWaiter {
  readonly desk: OrderDesk;
  readonly limits: SessionLimits;
  readonly marketId: bigint;
  readonly isKeyOf: KeyCheck;
  readonly #context: LineContext;
  readonly #socket: Socket;
  readonly #session: BinarySession;
  readonly #onEnd: () => void;
  readonly #openedMs: number;
  #unreadSinceMs = Number.NaN;
  #isClosing = false;
  #isEnded = false;

  /** @param onEnd called once, when nothing more comes from the socket and the intake's memory is free */
  constructor(id: number, socket: Socket, context: LineContext, intake: FrameIntake, onEnd: () => void) {
    this.desk = context.desk;
    this.limits = context.limits;
    this.marketId = context.marketId;
    this.isKeyOf = context.isKeyOf;
    this.#context = context;
    this.#socket = socket;
    this.#session = new BinarySession(id, this, intake);
    this.#onEnd = onEnd;
    this.#openedMs = performance.now();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', () => context.desk.errors.raise(FAST_ERRORS.SessionLost, id, 0));
    socket.on('close', () => this.#gone());
  }

  /** To be called now and then: ends the session when its client is too slow. */
  tick(nowMs: number): void {
    const { loginMs, frameMs, unreadMs } = this.limits;
    const session = this.#session;
    if (!session.isLoggedIn && nowMs - this.#openedMs > loginMs) this.close('slowLogin', loginMs);
    else if (nowMs - session.frameSinceMs > frameMs) this.close('stalledFrame', frameMs);
    else if (nowMs - this.#unreadSinceMs > unreadMs) this.close('slowReader', this.#socket.writableLength);
  }

  write(frame: Buffer): void {
    if (this.#isEnded) return;
    this.#socket.write(frame);
    this.desk.telemetry.counter('network_bytes_total').add(frame.length);
    const unread = this.#socket.writableLength;
    if (this.#isClosing || unread < this.limits.unreadSoftBytes) return;
    this.#session.isHeldBack = true;
    if (Number.isNaN(this.#unreadSinceMs)) this.#unreadSinceMs = performance.now();
    if (unread >= this.limits.unreadHardBytes) this.close('slowReader', unread);
  }

  close(reason: ClosureName, detail: number): void {
    if (this.#isClosing || this.#isEnded) return;
    this.#isClosing = true;
    const error = ERROR_OF_CLOSURE[reason];
    if (error !== undefined) {
      this.desk.errors.raise(error, this.#session.id, detail | 0);
      this.desk.telemetry.counter('timeouts_total').add(1);
    }
    this.#context.counts.close(reason);
    this.#end();
    this.#socket.end(closedFrame(reason, detail));
    // Read to its end, and thrown away: a socket that is closed with bytes unread resets the connection, and the reason is lost.
    this.#socket.resume();
    const farewell = setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
    this.#socket.once('close', () => clearTimeout(farewell));
  }

  retry(): boolean {
    if (this.#isEnded || this.#session.isHeldBack) return false;
    if (!this.#session.proceed(performance.now())) return true;
    this.#socket.resume();
    return false;
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.desk.telemetry.counter('network_bytes_total').add(chunk.length);
    if (this.#session.receive(chunk, performance.now()) || this.#isEnded) return;
    this.#socket.pause();
    if (!this.#session.isHeldBack) this.#context.loop.waitForRoom(this);
  }

  #drained(): void {
    this.#unreadSinceMs = Number.NaN;
    if (!this.#session.isHeldBack) return;
    this.#session.isHeldBack = false;
    if (this.retry()) this.#context.loop.waitForRoom(this);
  }

  #gone(): void {
    if (!this.#isEnded) {
      this.#context.counts.left += 1;
      this.#end();
    }
    this.#onEnd();
  }

  #end(): void {
    this.#session.end();
    this.#isEnded = true;
    this.#context.loop.forget(this);
  }
}
