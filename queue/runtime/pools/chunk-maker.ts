import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { threadFile } from '../../broker/thread-file.ts';

const THREAD = threadFile('chunk-thread', import.meta.url);

/**
 * Makes memory for pools on a thread of its own: asking for a chunk and looking whether it is there takes the owner a microsecond; the
 * kernel's work, a page at a time, is done elsewhere.
 */
export class ChunkMaker {
  readonly #port: MessagePort;
  readonly #worker: Worker;
  #isAsked = false;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(THREAD, { workerData: port2, transferList: [port2] });
    this.#worker.unref();
    this.#port.unref();
  }

  /** Asks for a chunk, unless one is on its way. @param bytes 1 or more */
  ask(bytes: number): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#port.postMessage(bytes);
  }

  /** The chunk that was asked for, every page of it touched; undefined while it is not there. For threads that never rest, too. */
  poll(): SharedArrayBuffer | undefined {
    const received: { message: SharedArrayBuffer } | undefined = receiveMessageOnPort(this.#port);
    if (received === undefined) return undefined;
    this.#isAsked = false;
    return received.message;
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
