/** One event of a stream. */
export interface ServerSentEvent {
  /** The stream's last id so far, for `Last-Event-ID`. */
  readonly id: string;
  /** `message` unless the stream names it. */
  readonly name: string;
  readonly data: string;
}

/** Reads an event stream piece by piece, as the HTML standard says (9.2.6), comments and broken-off events included. */
export class ServerSentEventParser {
  #rest = '';
  #id: string;
  #name = '';
  #data: string[] = [];
  #endedInReturn = false;

  /** @param lastEventId where the stream goes on from */
  constructor(lastEventId = '') {
    this.#id = lastEventId;
  }

  /** The events that `text` completes. */
  push(text: string): readonly ServerSentEvent[] {
    if (text === '') return [];
    // A line may end in \r\n, and the two may arrive apart.
    const joined = this.#endedInReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#endedInReturn = text.endsWith('\r');
    const lines = (this.#rest + joined).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#name = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = { id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
