import type { Socket } from 'node:net';
import type { MarketConfig } from '../../../../engine/market-config.ts';
import type { SelfTradeModeName } from '../../../../engine/protocol-codes.ts';
import { FAST_ERRORS } from '../../faults/fast-error.ts';
import type { DeskLoop } from '../desk/desk-loop.ts';
import { GatewayPort } from '../desk/gateway-port.ts';
import type { OrderDesk } from '../desk/order-desk.ts';
import { SessionCounts } from '../desk/session-counts.ts';
import { FixLine, type FixLineContext, type KnownClient, type UnreadLimits } from './fix-line.ts';
import { OrderEntry } from './orders/order-entry.ts';
import { encodeFix } from './session/fix-encoder.ts';
import type { FixMessage } from './session/fix-message.ts';
import { FixSession } from './session/fix-session.ts';
import { MSG, TAG } from './session/fix-tags.ts';
import { fixTime } from './session/fix-time.ts';
import { DEFAULT_FIX_SETTINGS, type FixSessionSettings } from './session/session-settings.ts';

const UNREAD_LIMITS: UnreadLimits = { softBytes: 2 ** 20, hardBytes: 32 * 2 ** 20 };

/** Who may log on, and for which account. */
export interface FixClient {
  readonly compId: string;
  readonly account: number;
  readonly selfTradeMode: SelfTradeModeName;
}

/** How a FIX gateway is run. */
export interface FixGatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The venue's CompID. */
  readonly compId: string;
  readonly clients: readonly FixClient[];
  readonly connectionsMax: number;
  readonly market: MarketConfig;
  readonly symbol: string;
  /** Whether a Logon's Password, in latin-1, opens an account. */
  readonly isKeyOf: (account: number, key: Uint8Array) => boolean;
  readonly settings?: FixSessionSettings;
  readonly unread?: UnreadLimits;
}

/** FIX 4.4 order entry over TCP (docs/gateways.md): listens, and keeps one session for each client that it knows, connected or not. */
export class FixGateway {
  readonly counts = new SessionCounts();
  readonly #port: GatewayPort;
  readonly #desk: OrderDesk;
  readonly #options: FixGatewayOptions;
  readonly #clients = new Map<string, KnownClient>();
  readonly #lines = new Set<FixLine>();
  readonly #context: FixLineContext;
  #lastId = 0;

  private constructor(desk: OrderDesk, loop: DeskLoop, options: FixGatewayOptions) {
    this.#desk = desk;
    this.#options = options;
    for (const client of options.clients) this.#clients.set(client.compId, this.#know(client));
    this.#context = {
      desk,
      loop,
      counts: this.counts,
      clientOf: (first) => this.#clientOf(first),
      farewellOf: (first) => this.#farewellOf(first),
      logonMs: (options.settings ?? DEFAULT_FIX_SETTINGS).logonMs,
      unread: options.unread ?? UNREAD_LIMITS,
    };
    this.#port = new GatewayPort(
      (socket) => this.#accept(socket),
      () => this.#tick(),
    );
  }

  /** Listens. @throws GATEWAY_UNAVAILABLE */
  static async listen(desk: OrderDesk, loop: DeskLoop, options: FixGatewayOptions): Promise<FixGateway> {
    const gateway = new FixGateway(desk, loop, options);
    await gateway.#port.listen(options.host, options.port);
    return gateway;
  }

  get port(): number {
    return this.#port.number;
  }

  /** The session of a client that the venue knows. */
  sessionOf(compId: string): FixSession | undefined {
    return this.#clients.get(compId)?.session;
  }

  /** Logs everybody out; resolves when all sockets are closed. */
  async close(): Promise<void> {
    for (const { session } of this.#clients.values()) session.logOut('the venue closes', Date.now());
    await this.#port.close();
  }

  #know({ compId, account, selfTradeMode }: FixClient): KnownClient {
    const { market, symbol, isKeyOf, settings } = this.#options;
    const entry = new OrderEntry(this.#desk, {
      account,
      selfTradeMode,
      market,
      symbol,
      isPassword: (password) => isKeyOf(account, Buffer.from(password, 'latin1')),
      nowMs: Date.now,
    });
    const session = new FixSession({ ours: this.#options.compId, theirs: compId }, entry, settings);
    entry.attach(session);
    return { session, entry };
  }

  #accept(socket: Socket): void {
    this.counts.opened += 1;
    const id = this.#lastId++ & 0x7fffffff;
    if (this.counts.open >= this.#options.connectionsMax) {
      this.#desk.errors.raise(FAST_ERRORS.AllocationFailure, id, this.counts.open);
      this.counts.close('tooManyConnections');
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    this.counts.open += 1;
    const line = new FixLine(id, socket, this.#context, () => {
      this.#lines.delete(line);
      this.counts.open -= 1;
    });
    this.#lines.add(line);
  }

  #clientOf(first: FixMessage): KnownClient | undefined {
    if (first.get(TAG.targetCompId) !== this.#options.compId) return undefined;
    return this.#clients.get(first.get(TAG.senderCompId) ?? '');
  }

  /** A Logout for somebody whom nobody knows; there is no session, so its number is 1. */
  #farewellOf(first: FixMessage): Buffer {
    return encodeFix(MSG.logout, [
      [TAG.senderCompId, this.#options.compId],
      [TAG.targetCompId, first.get(TAG.senderCompId) ?? 'UNKNOWN'],
      [TAG.msgSeqNum, '1'],
      [TAG.sendingTime, fixTime(Date.now())],
      [TAG.text, 'SenderCompID or TargetCompID is unknown'],
    ]);
  }

  #tick(): void {
    const nowMs = Date.now();
    for (const { session } of this.#clients.values()) session.tick(nowMs);
    for (const line of this.#lines) line.tick(nowMs);
  }
}
