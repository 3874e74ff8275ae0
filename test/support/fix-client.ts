import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { SIMPLEFIX } from '../oracles/oracle-cache.ts';
import { fieldsOf, fixText, utc } from './fix-text.ts';

const SCRIPT = fileURLToPath(new URL('./simplefix-client.py', import.meta.url));

/** How a client's messages get to a socket and back: by hand, or by a library of others. */
interface FixWire {
  send(fields: readonly FixField[]): void;
  raw(bytes: Buffer): void;
  close(): void;
  /** Reads no more from the socket, and again. */
  pause(): void;
  resume(): void;
}

/** What came: fields of each message by tag, and whether the socket is closed. */
class Heard {
  readonly messages: ReadonlyMap<number, string>[] = [];
  isClosed = false;

  take(fields: readonly (readonly [number, string])[]): void {
    // The first of a tag counts.
    this.messages.push(new Map([...fields].reverse()));
  }
}

/** Where the first message of `text` ends: behind its CheckSum. Infinity when that is not there. */
function endOf(text: string): number {
  const at = text.indexOf('\x0110=');
  return at < 0 ? Number.POSITIVE_INFINITY : at + '\x0110=000\x01'.length;
}

class HandWire implements FixWire {
  readonly #socket: Socket;

  constructor(socket: Socket, heard: Heard) {
    this.#socket = socket;
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (let end = endOf(rest); end <= rest.length; end = endOf(rest)) {
        heard.take(fieldsOf(rest.slice(0, end)));
        rest = rest.slice(end);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      heard.isClosed = true;
    });
  }

  send(fields: readonly FixField[]): void {
    this.#socket.write(fixText(fields), 'latin1');
  }

  raw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

class SimplefixWire implements FixWire {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(port: number, heard: Heard) {
    this.#child = spawn(SIMPLEFIX.python, [SCRIPT, String(port)]);
    this.#child.stderr.pipe(process.stderr);
    createInterface(this.#child.stdout).on('line', (line) => {
      const said = JSON.parse(line) as { readonly message?: [number, string][]; readonly closed?: boolean };
      if (said.message !== undefined) heard.take(said.message);
      if (said.closed === true) heard.isClosed = true;
    });
  }

  send(fields: readonly FixField[]): void {
    this.#say({ fields });
  }

  raw(bytes: Buffer): void {
    this.#say({ raw: bytes.toString('hex') });
  }

  close(): void {
    if (this.#child.stdin.writable) {
      this.#say({ close: true });
      this.#child.stdin.end();
    }
  }

  pause(): void {
    throw new Error('the library reads on');
  }

  resume(): void {
    throw new Error('the library reads on');
  }

  #say(order: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }
}

/** A FIX client that numbers what it sends and keeps what it hears; answers nothing by itself. */
export class FixClient {
  readonly compId: string;
  readonly #wire: FixWire;
  readonly #heard: Heard;
  next: number;

  private constructor(compId: string, wire: FixWire, heard: Heard, next: number) {
    this.compId = compId;
    this.#wire = wire;
    this.#heard = heard;
    this.next = next;
  }

  /** @param next sequence number of its first message */
  static async connect(
    kind: 'hand' | 'simplefix',
    port: number,
    compId: string,
    next = 1,
  ): Promise<FixClient> {
    const heard = new Heard();
    if (kind === 'simplefix') return new FixClient(compId, new SimplefixWire(port, heard), heard, next);
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new FixClient(compId, new HandWire(socket, heard), heard, next);
  }

  get isClosed(): boolean {
    return this.#heard.isClosed;
  }

  logOn(password: string, fields: readonly FixField[] = []): void {
    this.say('A', [[98, '0'], [108, '30'], [554, password], ...fields]);
  }

  say(type: string, fields: readonly FixField[], head: readonly FixField[] = []): void {
    this.#wire.send(this.message(type, fields, head));
  }

  raw(bytes: Buffer | string): void {
    this.#wire.raw(Buffer.from(bytes as string, 'latin1'));
  }

  /** The fields of the next message, which takes its number. */
  message(type: string, fields: readonly FixField[], head: readonly FixField[] = []): FixField[] {
    const sequence = head.find(([tag]) => tag === 34)?.[1] ?? String(this.next++);
    return [
      [35, type],
      [49, this.compId],
      [56, 'VENUE'],
      [34, sequence],
      [52, utc(Date.now())],
      ...head.filter(([tag]) => tag !== 34),
      ...fields,
    ];
  }

  close(): void {
    this.#wire.close();
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  /** What came of these types, each as `35=8|150=0|...` of the tags asked for. */
  heard(types: readonly string[], tags: readonly number[]): string[] {
    return this.#heard.messages
      .filter((message) => types.includes(message.get(35) ?? ''))
      .map((message) =>
        tags
          .filter((tag) => message.has(tag))
          .map((tag) => `${tag}=${message.get(tag)}`)
          .join('|'),
      );
  }

  /** Every ExecutionReport, its values by tag. */
  reports(): readonly ReadonlyMap<number, string>[] {
    return this.#heard.messages.filter((message) => message.get(35) === '8');
  }

  /** One value of the last message of a type. */
  last(type: string, tag: number): string | undefined {
    return this.#heard.messages
      .filter((message) => message.get(35) === type)
      .at(-1)
      ?.get(tag);
  }
}
