import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../../engine/message-of.ts';
import { ProofbookError } from '../../../../engine/proofbook-error.ts';

const TICK_MS = 100;

/** Where a gateway takes clients, and the clock by which it looks after them. */
export class GatewayPort {
  readonly #server: Server;
  readonly #clock: NodeJS.Timeout;

  /** @param accept is given each client's socket @param tick is called every 100 ms */
  constructor(accept: (socket: Socket) => void, tick: () => void) {
    this.#server = createServer(accept);
    this.#clock = setInterval(tick, TICK_MS);
  }

  /** Resolves when it listens. @param port 0 takes a free one @throws GATEWAY_UNAVAILABLE */
  async listen(host: string, port: number): Promise<void> {
    try {
      this.#server.listen(port, host);
      await once(this.#server, 'listening');
    } catch (error) {
      this.stopClock();
      throw new ProofbookError(
        'GATEWAY_UNAVAILABLE',
        { host, port, reason: messageOf(error) },
        { cause: error },
      );
    }
  }

  /** The port that it listens on. */
  get number(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stopClock(): void {
    clearInterval(this.#clock);
  }

  /** Takes no more clients; resolves when the sockets of all that were there are closed. The clock runs until then. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
    this.stopClock();
  }
}
