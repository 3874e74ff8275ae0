import type { Socket } from 'node:net';
import { FAST_ERRORS } from '../../faults/fast-error.ts';
import type { DeskLoop, RoomWaiter } from '../desk/desk-loop.ts';
import type { OrderDesk } from '../desk/order-desk.ts';
import type { SessionCounts } from '../desk/session-counts.ts';
import { FixScanner, SCAN } from './fix-scanner.ts';
import type { OrderEntry } from './orders/order-entry.ts';
import { FixMessage } from './session/fix-message.ts';
import type { FixLink } from './session/fix-sender.ts';
import type { FixSession } from './session/fix-session.ts';

const FAREWELL_MS = 1000;
const KEEP_ALIVE_MS = 10_000;
/** Bytes that wait for a client that does not read: from the first on its messages are not read, at the second it is gone. */
export interface UnreadLimits {
  readonly softBytes: number;
  readonly hardBytes: number;
}

/** A client that the venue knows. */
export interface KnownClient {
  readonly session: FixSession;
  readonly entry: OrderEntry;
}

/** What all lines of a gateway share. */
export interface FixLineContext {
  readonly desk: OrderDesk;
  readonly loop: DeskLoop;
  readonly counts: SessionCounts;
  /** The client whose session the first message of a connection is for. */
  readonly clientOf: (first: FixMessage) => KnownClient | undefined;
  /** What a client is told that nobody knows. */
  readonly farewellOf: (first: FixMessage) => Buffer;
  readonly logonMs: number;
  readonly unread: UnreadLimits;
}

/** One socket of the FIX gateway: finds messages in what comes, and hands them to the session that the first one names. */
export class FixLine implements FixLink, RoomWaiter {
  readonly #id: number;
  readonly #context: FixLineContext;
  readonly #socket: Socket;
  readonly #scanner = new FixScanner();
  readonly #openedMs: number;
  #client: KnownClient | undefined;
  #chunk: Buffer | undefined;
  #taken = 0;
  #isHeldBack = false;
  #isEnded = false;

  constructor(id: number, socket: Socket, context: FixLineContext, onEnd: () => void) {
    this.#id = id;
    this.#context = context;
    this.#socket = socket;
    this.#openedMs = Date.now();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', () => context.desk.errors.raise(FAST_ERRORS.SessionLost, id, 0));
    socket.on('close', () => {
      if (!this.#isEnded) context.counts.left += 1;
      this.#end();
      onEnd();
    });
  }

  send(bytes: Buffer): void {
    if (this.#isEnded) return;
    this.#socket.write(bytes);
    this.#context.desk.telemetry.counter('network_bytes_total').add(bytes.length);
    const unread = this.#socket.writableLength;
    const { softBytes, hardBytes } = this.#context.unread;
    if (unread >= softBytes) this.#isHeldBack = true;
    if (unread < hardBytes) return;
    this.#context.desk.errors.raise(FAST_ERRORS.NetworkTimeout, this.#id, unread);
    this.#context.counts.close('slowReader');
    this.#end();
    this.#socket.destroy();
  }

  close(): void {
    this.#farewell('session');
  }

  /** A connection without a Logon is not kept. */
  tick(nowMs: number): void {
    if (this.#client !== undefined || nowMs - this.#openedMs <= this.#context.logonMs) return;
    this.#context.desk.errors.raise(FAST_ERRORS.NetworkTimeout, this.#id, this.#context.logonMs);
    this.#context.desk.telemetry.counter('timeouts_total').add(1);
    this.#farewell('slowLogon');
  }

  retry(): boolean {
    if (this.#isEnded || this.#isHeldBack) return false;
    if (this.#client?.entry.drain() === false || !this.#proceed()) return true;
    this.#socket.resume();
    return false;
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#context.desk.telemetry.counter('network_bytes_total').add(chunk.length);
    this.#chunk = chunk;
    this.#taken = 0;
    if (this.#proceed()) return;
    this.#socket.pause();
    if (!this.#isHeldBack) this.#context.loop.waitForRoom(this);
  }

  #drained(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    if (this.retry()) this.#context.loop.waitForRoom(this);
  }

  /** Reads on; false when it cannot, for want of room or because the client does not read. */
  #proceed(): boolean {
    for (;;) {
      for (let status = this.#next(); status !== SCAN.partial; status = this.#next()) {
        if (status === 'held') return false;
        if (this.#isEnded) return true;
        this.#found(status);
      }
      const chunk = this.#chunk;
      if (chunk === undefined || this.#isEnded) return true;
      this.#scanner.compact();
      const { bytes, free } = this.#scanner;
      const count = chunk.copy(bytes, free, this.#taken);
      this.#scanner.filled(count);
      this.#taken += count;
      if (this.#taken === chunk.length) this.#chunk = undefined;
    }
  }

  #next(): number | 'held' {
    return this.#isHeldBack || this.#client?.entry.isBlocked === true ? 'held' : this.#scanner.next();
  }

  #found(status: number): void {
    if (status === SCAN.complete) {
      this.#take(FixMessage.ofScanner(this.#scanner));
      return;
    }
    // Garbled: as if it had never come; a gap in the numbers brings it again.
    this.#context.counts.garbled += 1;
    this.#context.desk.errors.raise(FAST_ERRORS.MalformedFrame, this.#id, status);
    // It would come again, and be passed over again.
    if (status === SCAN.tooManyFields)
      this.#client?.session.logOut('a message has too many fields', Date.now());
  }

  #take(message: FixMessage): void {
    const nowMs = Date.now();
    if (this.#client === undefined) this.#meet(message, nowMs);
    this.#client?.session.receive(message, nowMs);
    this.#context.desk.telemetry.counter('messages_total').add(1);
  }

  #meet(first: FixMessage, nowMs: number): void {
    const client = this.#context.clientOf(first);
    if (client === undefined) {
      this.#socket.write(this.#context.farewellOf(first));
      this.#farewell('unknownClient');
    } else if (client.session.isConnected) {
      // A Logout would take a number of the session that is there.
      this.#farewell('connectedAlready');
    } else {
      this.#client = client;
      client.session.connected(this, nowMs);
    }
  }

  #farewell(reason: string): void {
    if (this.#isEnded) return;
    this.#context.counts.close(reason);
    this.#end();
    this.#socket.end();
    this.#socket.resume();
    const farewell = setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
    this.#socket.once('close', () => clearTimeout(farewell));
  }

  #end(): void {
    this.#isEnded = true;
    this.#context.loop.forget(this);
    this.#client?.session.disconnected();
    this.#client = undefined;
  }
}
