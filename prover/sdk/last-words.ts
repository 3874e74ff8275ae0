const LINES_MAX = 20;
const LINE_LENGTH_MAX = 400;

/** Keeps the last lines that a process wrote to stderr, for the message of the error that its death becomes. */
export class LastWords {
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  #rest = '';

  push(chunk: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    // A process that never ends its line must not make us keep all of it.
    this.#rest = (parts.pop() ?? '').slice(-LINE_LENGTH_MAX);
    for (const line of parts) if (line.trim() !== '') this.#lines.push(line.slice(0, LINE_LENGTH_MAX));
    this.#lines.splice(0, this.#lines.length - LINES_MAX);
  }

  /** The last lines, oldest first. */
  get lines(): readonly string[] {
    return this.#rest.trim() === '' ? this.#lines : [...this.#lines, this.#rest];
  }

  /** The very last line, or a word that says there was none. */
  get summary(): string {
    return this.lines.at(-1) ?? '(none)';
  }
}
