import type { Socket } from 'node:net';
import { FAST_ERRORS } from '../../faults/fast-error.ts';
import { BufferPool } from '../../pools/buffer-pool.ts';
import type { DeskLoop } from '../desk/desk-loop.ts';
import { GatewayPort } from '../desk/gateway-port.ts';
import type { OrderDesk } from '../desk/order-desk.ts';
import { SessionCounts } from '../desk/session-counts.ts';
import { BinaryLine } from './binary-line.ts';
import type { KeyCheck } from './binary-session.ts';
import { closedFrame } from './event-frames.ts';
import { FrameIntake, INTAKE_BYTES } from './frame-intake.ts';
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from './session-limits.ts';

const CHUNK_SESSIONS = 32;

/** How a binary gateway is run. */
export interface BinaryGatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A multiple of 32. */
  readonly sessionsMax: number;
  readonly marketId: bigint;
  readonly isKeyOf: KeyCheck;
  readonly limits?: SessionLimits;
}

/** Packed commands over TCP (docs/gateways.md): listens, and gives each client a session with a buffer of a pool. */
export class BinaryGateway {
  readonly counts = new SessionCounts();
  readonly #port: GatewayPort;
  readonly #desk: OrderDesk;
  readonly #loop: DeskLoop;
  readonly #options: BinaryGatewayOptions;
  readonly #pool: BufferPool;
  readonly #lines = new Set<BinaryLine>();
  #lastId = 0;

  private constructor(desk: OrderDesk, loop: DeskLoop, options: BinaryGatewayOptions) {
    this.#desk = desk;
    this.#loop = loop;
    this.#options = options;
    this.#pool = new BufferPool({
      bufferBytes: INTAKE_BYTES,
      chunkBuffers: CHUNK_SESSIONS,
      chunksMax: Math.max(1, Math.floor(options.sessionsMax / CHUNK_SESSIONS)),
    });
    this.#port = new GatewayPort(
      (socket) => this.#accept(socket),
      () => this.#tick(),
    );
  }

  /** Listens. @throws GATEWAY_UNAVAILABLE */
  static async listen(
    desk: OrderDesk,
    loop: DeskLoop,
    options: BinaryGatewayOptions,
  ): Promise<BinaryGateway> {
    const gateway = new BinaryGateway(desk, loop, options);
    await gateway.#port.listen(options.host, options.port);
    return gateway;
  }

  get port(): number {
    return this.#port.number;
  }

  /** Takes no more clients and sends those that are there away; resolves when all sockets are closed. */
  async close(): Promise<void> {
    this.#port.stopClock();
    for (const line of this.#lines) line.close('shuttingDown', 0);
    await this.#port.close();
  }

  #accept(socket: Socket): void {
    this.counts.opened += 1;
    const id = this.#lastId++ & 0x7fffffff;
    const buffer = this.#pool.take();
    if (buffer < 0) {
      this.#desk.errors.raise(FAST_ERRORS.AllocationFailure, id, this.counts.open);
      this.#desk.telemetry.counter('allocation_failures_total').add(1);
      this.counts.close('tooManySessions');
      socket.on('error', () => socket.destroy());
      socket.end(closedFrame('tooManySessions', this.counts.open));
      socket.destroySoon();
      return;
    }
    this.counts.open += 1;
    const intake = new FrameIntake(this.#pool.bytesOf(buffer).buffer, this.#pool.offsetOf(buffer));
    const { limits = DEFAULT_SESSION_LIMITS, marketId, isKeyOf } = this.#options;
    const context = {
      desk: this.#desk,
      loop: this.#loop,
      counts: this.counts,
      limits,
      marketId,
      isKeyOf,
    };
    const line = new BinaryLine(id, socket, context, intake, () => {
      this.#lines.delete(line);
      this.counts.open -= 1;
      this.#pool.give(buffer);
    });
    this.#lines.add(line);
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const line of this.#lines) line.tick(nowMs);
  }
}
