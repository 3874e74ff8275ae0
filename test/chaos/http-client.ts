import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { messageOf } from '../../engine/message-of.ts';
import { RequestFailure } from '../../queue/client/request-failure.ts';
import { ServiceClient } from '../../queue/client/service-client.ts';
import { type HttpService, MARKET_ID } from './http-service.ts';

/** One request of a client and what it was answered. */
export interface AckedRequest {
  readonly client: number;
  readonly idempotencyKey: string;
  readonly records: Uint8Array;
  /** Number of its first record in the market's history. */
  readonly firstCommandNumber: number;
  /** The whole answer as JSON text. */
  readonly answer: string;
}

/** A request that is to be made. */
export type WantedRequest = Pick<AckedRequest, 'client' | 'idempotencyKey' | 'records'>;

const POLL_MS = 50;
// Longer than the service itself waits for anything.
const ANSWER_TIMEOUT_MS = 30_000;
// After so long the operator ends a service that says that its market takes nothing any more.
const STOPPED_PATIENCE_MS = 2_000;
const RETRIED: readonly string[] = [
  'UNREACHABLE',
  'QUEUE_FULL',
  'LOG_UNWRITABLE',
  'MARKET_STOPPED',
  'NO_ANSWER',
];

/** A client that is not easily put off, and the operator behind it, who starts the service again where it is gone. */
export class HttpClient {
  readonly #service: HttpService;
  readonly #patienceMs: number;

  constructor(service: HttpService, patienceMs: number) {
    this.#service = service;
    this.#patienceMs = patienceMs;
  }

  /** Asks under one key until somebody says that it is taken. @throws Error for every refusal that no retry mends */
  async submit(request: WantedRequest): Promise<AckedRequest> {
    const { idempotencyKey, records } = request;
    const deadline = Date.now() + this.#patienceMs;
    let reason = 'no answer';
    let stoppedAtMs: number | undefined;
    while (Date.now() < deadline) {
      try {
        const accepted = await this.#ask(idempotencyKey, records);
        return {
          ...request,
          firstCommandNumber: Number(accepted.firstCommandNumber),
          answer: JSON.stringify(accepted),
        };
      } catch (error) {
        reason = messageOf(error);
        const code = error instanceof RequestFailure ? error.code : 'UNREACHABLE';
        if (!RETRIED.includes(code)) throw new Error(`${idempotencyKey} was refused: ${code}, ${reason}`);
        if (code !== 'MARKET_STOPPED' && code !== 'LOG_UNWRITABLE') stoppedAtMs = undefined;
        else stoppedAtMs ??= Date.now();
        if (Date.now() - (stoppedAtMs ?? Number.POSITIVE_INFINITY) > STOPPED_PATIENCE_MS) {
          stoppedAtMs = undefined;
          await this.#service.stop();
        }
        await delay(POLL_MS);
      }
    }
    throw new Error(`${idempotencyKey} was never taken: ${reason}`);
  }

  async #ask(idempotencyKey: string, records: Uint8Array) {
    await this.#service.start();
    const { url } = this.#service;
    if (url === undefined) throw new RequestFailure(0, 'UNREACHABLE', 'the service does not run');
    const client = new ServiceClient({ url });
    const late = delay(ANSWER_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new RequestFailure(0, 'NO_ANSWER', `no answer within ${ANSWER_TIMEOUT_MS} ms`);
    });
    const accepted = await Promise.race([
      client.submit(String(MARKET_ID), records, { idempotencyKey }),
      late,
    ]);
    if (accepted.commandCount * COMMAND_BYTES === records.length) return accepted;
    throw new RequestFailure(202, 'WRONG_COUNT', `it was taken with ${accepted.commandCount} records`);
  }
}
