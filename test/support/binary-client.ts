import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decodeTransitions, type Transition } from '../../engine/transition.ts';

/** What a gateway of the binary protocol said, in the order in which it came. Read from docs/gateways.md, not with the gateway's code. */
export interface GatewayFrame {
  readonly type: number;
  readonly count: number;
  readonly body: Buffer;
}

/** A transition and which of the client's commands made it; 0: none of them. */
export interface NumberedTransition {
  readonly number: number;
  readonly transition: Transition;
}

const EVENTS = 130;
const REFUSED = 131;
const CLOSED = 132;

/** A client of the binary gateway over a real socket, written from the document. */
export class BinaryClient {
  readonly socket: Socket;
  readonly frames: GatewayFrame[] = [];
  isClosed = false;
  #rest = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async connect(port: number): Promise<BinaryClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new BinaryClient(socket);
  }

  hello(account: number, key: Uint8Array, magic = 'PBGW', version = 1): void {
    this.socket.write(clientHello(account, key, magic, version));
  }

  /** @param packed records of 32 bytes */
  send(packed: Uint8Array): void {
    this.socket.write(clientFrame(2, packed.length / 32, packed));
  }

  get events(): NumberedTransition[] {
    return this.#bodies(EVENTS).flatMap((body) =>
      Array.from({ length: body.length / 64 }, (_, index) => {
        const bytes = Uint8Array.from(body.subarray(index * 64, index * 64 + 64));
        const number = body.readUInt32LE(index * 64 + 60);
        const [transition] = decodeTransitions(bytes);
        if (transition === undefined) throw new Error('no transition in an event');
        return { number, transition };
      }),
    );
  }

  /** Number of the command and code, each. */
  get refusals(): (readonly [number, number])[] {
    return this.#bodies(REFUSED).flatMap((body) =>
      Array.from({ length: body.length / 8 }, (_, index): readonly [number, number] => [
        body.readUInt32LE(index * 8),
        body.readUInt32LE(index * 8 + 4),
      ]),
    );
  }

  /** Reason of the last frame, if the gateway ended the session. */
  get closedFor(): number | undefined {
    return this.#bodies(CLOSED)[0]?.readUInt32LE(0);
  }

  #bodies(type: number): Buffer[] {
    return this.frames.filter((frame) => frame.type === type).map(({ body }) => body);
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 8 && this.#rest.length >= 8 + this.#rest.readUInt32LE(0)) {
      const end = 8 + this.#rest.readUInt32LE(0);
      const body = Buffer.from(this.#rest.subarray(8, end));
      this.frames.push({ type: this.#rest.readUInt8(4), count: this.#rest.readUInt16LE(6), body });
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** The first frame of a client. */
export function clientHello(account: number, key: Uint8Array, magic = 'PBGW', version = 1): Buffer {
  const body = Buffer.alloc(48);
  body.write(magic, 0, 'latin1');
  body.writeUInt32LE(version, 4);
  body.writeUInt32LE(account, 8);
  body.set(key, 16);
  return clientFrame(1, 1, body);
}

/** A frame as a client sends it. */
export function clientFrame(type: number, count: number, body: Uint8Array, length = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(length, 0);
  header.writeUInt8(type, 4);
  header.writeUInt16LE(count, 6);
  return Buffer.concat([header, body]);
}
