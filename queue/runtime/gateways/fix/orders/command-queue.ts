import { COMMAND_BYTES, type Command, encodeCommands } from '../../../../../engine/command.ts';
import type { DeskClient } from '../../desk/desk-client.ts';
import type { OrderDesk } from '../../desk/order-desk.ts';

const FIRST = new Int32Array(1);

/** A client's commands on their way to the desk, in order; they wait when it has no room. */
export class CommandQueue {
  readonly #desk: OrderDesk;
  readonly #client: DeskClient;
  readonly #waiting: { readonly words: Int32Array; readonly number: number; readonly arrivalNs: number }[] =
    [];
  readonly #number = new Uint32Array(1);
  #last = 0;

  constructor(desk: OrderDesk, client: DeskClient) {
    this.#desk = desk;
    this.#client = client;
  }

  get isBlocked(): boolean {
    return this.#waiting.length > 0;
  }

  /** Packs a command. @throws INVALID_COMMAND for what no engine takes */
  pack(command: Command): Int32Array {
    const words = new Int32Array((2 * COMMAND_BYTES) / 4);
    words.set(new Int32Array(encodeCommands([command]).buffer));
    return words;
  }

  /** Whether the service is too busy for the command. */
  isRefused(words: Int32Array): boolean {
    return this.#desk.isRefused(words[0] ?? 0);
  }

  /** Sends, now or later; returns the command's number. */
  push(words: Int32Array): number {
    this.#last = this.#last === 2 ** 32 - 1 ? 1 : this.#last + 1;
    this.#waiting.push({ words, number: this.#last, arrivalNs: this.#desk.nowNs() });
    this.drain();
    return this.#last;
  }

  /** Sends what waits; false when there is still something. */
  drain(): boolean {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      this.#number[0] = next.number;
      if (!this.#desk.send(this.#client, next.words, FIRST, this.#number, 1, next.arrivalNs)) return false;
      this.#waiting.shift();
    }
    return true;
  }
}
