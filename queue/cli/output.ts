import { isProofbookError } from '../../engine/proofbook-error.ts';

/** Where a command writes; a test gives its own. */
export interface Output {
  /** Results: stdout. */
  readonly result: (text: string) => void;
  /** Progress and complaints: stderr. */
  readonly progress: ProgressLine;
}

/**
 * Progress for people. On a terminal one line is written over and over; elsewhere each *new* line is written once, so that
 * a log file stays short.
 */
export class ProgressLine {
  readonly #stream: Pick<NodeJS.WriteStream, 'write'>;
  readonly #isTerminal: boolean;
  #shown = '';

  constructor(stream: Pick<NodeJS.WriteStream, 'write'>, isTerminal: boolean) {
    this.#stream = stream;
    this.#isTerminal = isTerminal;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear();
    this.#stream.write(`${line}\n`);
  }

  /** A line that the next one replaces; only terminals show it. */
  show(line: string): void {
    if (!this.#isTerminal || line === this.#shown) return;
    this.#stream.write(`\r\u001b[2K${line}`);
    this.#shown = line;
  }

  /** Removes what `show` left. */
  finish(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#shown !== '') this.#stream.write('\r\u001b[2K');
    this.#shown = '';
  }
}

/** Results on stdout, progress on stderr. */
export function processOutput(): Output {
  return {
    result: (text) => {
      process.stdout.write(`${text}\n`);
    },
    progress: new ProgressLine(process.stderr, process.stderr.isTTY === true),
  };
}

/** What `--json` prints of an error. */
export function errorAsJson(error: unknown): { readonly code: string; readonly message: string } {
  return {
    code: isProofbookError(error) ? error.code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
  };
}

/** An error as a sentence; of an unexpected one the stack too, for it is a bug. */
export function errorAsText(error: unknown): string {
  if (isProofbookError(error)) return `${error.message} (${error.code})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
