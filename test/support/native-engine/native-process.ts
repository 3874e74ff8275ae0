import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HEAD_BYTES = 8;
const OUTCOME_BYTES = 4;
/** A program of every Linux, and of no npm package. */
const MAKE_PIPES = 'mkfifo';

/** What the driver answered: 0, a status, or 100 and a trap's number, and the bytes that belong to it. */
export interface NativeAnswer {
  readonly outcome: number;
  readonly bytes: Buffer;
}

/** This process's ends of the pipes to a running driver. */
interface Pipes {
  readonly requests: number;
  readonly answers: number;
}

/**
 * A driver that is asked synchronously, as a module in this process would be: named pipes block, Node's own do not. When the program
 * dies, the request that it died of throws, and the next one starts it anew, with no book open.
 */
export class NativeProcess {
  readonly #program: string;
  #pipes: Pipes | undefined;

  constructor(program: string) {
    this.#program = program;
  }

  ask(kind: number, payload: Uint8Array): NativeAnswer {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(kind, 0);
    head.writeUInt32LE(payload.length, 4);
    this.#pipes ??= startDriver(this.#program);
    try {
      writeAll(this.#pipes.requests, Buffer.concat([head, payload]));
      const length = readAll(this.#pipes.answers, 4).readUInt32LE(0);
      const answer = readAll(this.#pipes.answers, length);
      return { outcome: answer.readUInt32LE(0), bytes: answer.subarray(OUTCOME_BYTES) };
    } catch (cause) {
      this.close();
      throw new Error(`the native engine died of a request of kind ${kind}`, { cause });
    }
  }

  /** The program ends when its requests do. */
  close(): void {
    if (this.#pipes === undefined) return;
    closeSync(this.#pipes.requests);
    closeSync(this.#pipes.answers);
    this.#pipes = undefined;
  }
}

function startDriver(program: string): Pipes {
  const directory = mkdtempSync(join(tmpdir(), 'proofbook-pipes-'));
  const [requests, answers] = [join(directory, 'requests'), join(directory, 'answers')];
  const made = spawnSync(MAKE_PIPES, [requests, answers], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${MAKE_PIPES}: ${made.error?.message ?? made.stderr}`);
  // A pipe that is open for both lets each end be opened without waiting for the other.
  const anchors = [openSync(requests, 'r+'), openSync(answers, 'r+')];
  const childEnds = [openSync(requests, 'r'), openSync(answers, 'w')] as const;
  const pipes = { requests: openSync(requests, 'w'), answers: openSync(answers, 'r') };
  const child = spawn(program, [], { stdio: [...childEnds, 'inherit'] });
  // A program that does not start closes its ends, which is how the first request learns of it.
  child.on('error', () => undefined);
  child.unref();
  for (const end of [...anchors, ...childEnds]) closeSync(end);
  rmSync(directory, { recursive: true });
  return pipes;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function readAll(file: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(file, bytes, at, length - at, null);
    if (count === 0) throw new Error('end of file');
    at += count;
  }
  return bytes;
}
