import { type ApiClient, failureOf, RequestFailure } from './api-client.ts';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-events.ts';

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 15_000;
/** A stream this quiet is taken for dead: half-open connections say nothing at all. */
const SILENCE_MAX_MS = 60_000;

/** What a stream tells its owner. */
export interface StreamListener {
  opened(isResumed: boolean): void;
  received(event: ServerSentEvent): void;
  /** It ended or could not be opened, and is tried again at `retryAtMs`. */
  lost(failure: RequestFailure, retryAtMs: number): void;
}

/**
 * An event stream that comes back: it asks again with the id of the last event it saw, so that nothing in between is missed.
 * The browser's own EventSource cannot carry an API key.
 */
export class EventStream {
  readonly #client: ApiClient;
  readonly #path: string;
  readonly #listener: StreamListener;
  readonly #stopped = new AbortController();
  #lastEventId = '';
  #failures = 0;
  #wake: (() => void) | undefined;

  /** @param path below `/v1` */
  constructor(client: ApiClient, path: string, listener: StreamListener) {
    this.#client = client;
    this.#path = path;
    this.#listener = listener;
  }

  /** Reads until `stop`. */
  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const failure = await this.#readOnce();
      if (signal.aborted) return;
      // An id that the service does not know must not keep us out for ever.
      if (failure.status === 400) this.#lastEventId = '';
      const waitMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures) * (0.75 + Math.random() / 2);
      this.#failures += 1;
      this.#listener.lost(failure, Date.now() + waitMs);
      await this.#sleep(waitMs);
    }
  }

  /** Tries again without waiting any longer. */
  retryNow(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake?.();
  }

  async #readOnce(): Promise<RequestFailure> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, silence.signal]);
    const resume = this.#lastEventId === '' ? {} : { 'last-event-id': this.#lastEventId };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expectBytes = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
    };
    try {
      expectBytes();
      const response = await fetch(`/v1/${this.#path}`, {
        headers: { ...this.#client.headers(), ...resume, accept: 'text/event-stream' },
        cache: 'no-store',
        signal,
      });
      if (!response.ok || response.body === null) return await failureOf(response);
      this.#failures = 0;
      this.#listener.opened(this.#lastEventId !== '');
      const parser = new ServerSentEventParser(this.#lastEventId);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      // Not `for await`: not every browser can iterate a stream.
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        expectBytes();
        for (const event of parser.push(read.value)) {
          this.#lastEventId = event.id;
          this.#listener.received(event);
        }
      }
      return new RequestFailure(0, 'STREAM_ENDED', 'The service closed the connection.');
    } catch (cause) {
      return new RequestFailure(0, 'UNREACHABLE', 'The service does not answer.', { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
