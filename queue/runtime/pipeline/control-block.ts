// What the threads of a pipeline tell each other beside the rings: one shared block of u32s, a cache line for each.

const WORDS_PER_LINE = 16;

/** Who has a line in the block. */
const STAGES = ['engine', 'journaller', 'standby'] as const;
export type StageName = (typeof STAGES)[number];

/** How a stage's thread is. */
const STAGE_STATES = { starting: 0, running: 1, stopped: 2, following: 3 } as const;
export type StageState = keyof typeof STAGE_STATES;

const STOP_WORD = 0;
const TAKEOVER_WORD = 1;
const LEVEL_WORD = 2;
const STATE_OF_LINE = 0;
const BEATS_OF_LINE = 1;
const PROGRESS_OF_LINE = 2;
const ROOT_OF_LINE = 4;
const ROOT_WORDS = 8;

/** One thread's view of the block. */
export class ControlBlock {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer((1 + STAGES.length) * WORDS_PER_LINE * 4)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Asks all threads to end when what waits for them is done. */
  stop(): void {
    Atomics.store(this.#words, STOP_WORD, 1);
  }

  isStopping(): boolean {
    return Atomics.load(this.#words, STOP_WORD) !== 0;
  }

  /** Tells the standby that the primary is dead. To be called only then: two engines on one ring would both take its commands. */
  takeOver(): void {
    Atomics.store(this.#words, TAKEOVER_WORD, 1);
    Atomics.notify(this.#words, TAKEOVER_WORD);
  }

  /** Waits for `takeOver`; true when it was called. */
  awaitTakeOver(timeoutMs: number): boolean {
    return Atomics.wait(this.#words, TAKEOVER_WORD, 0, timeoutMs) !== 'timed-out';
  }

  /** How far the service is degraded, 0 normal .. 4 refuse all; the engine's thread sets it. */
  get level(): number {
    return Atomics.load(this.#words, LEVEL_WORD);
  }

  setLevel(level: number): void {
    Atomics.store(this.#words, LEVEL_WORD, level);
  }

  setState(stage: StageName, state: StageState): void {
    Atomics.store(this.#words, lineOf(stage) + STATE_OF_LINE, STAGE_STATES[state]);
    Atomics.notify(this.#words, lineOf(stage) + STATE_OF_LINE);
  }

  isIn(stage: StageName, state: StageState): boolean {
    return Atomics.load(this.#words, lineOf(stage) + STATE_OF_LINE) === STAGE_STATES[state];
  }

  /** Says which state the engine's thread ended with. @param root 64 hex digits */
  setFinalRoot(root: string): void {
    const bytes = Buffer.from(root, 'hex');
    for (let word = 0; word < ROOT_WORDS; word++) {
      Atomics.store(this.#words, lineOf('engine') + ROOT_OF_LINE + word, bytes.readInt32LE(word * 4));
    }
  }

  /** Root of the state of the engine that was last on the rings; zeros until it stopped. */
  finalRoot(): string {
    const bytes = Buffer.alloc(ROOT_WORDS * 4);
    for (let word = 0; word < ROOT_WORDS; word++) {
      bytes.writeInt32LE(Atomics.load(this.#words, lineOf('engine') + ROOT_OF_LINE + word), word * 4);
    }
    return bytes.toString('hex');
  }

  /** To be called by a stage's thread in every turn, idle ones included: who does not beat hangs. */
  beat(stage: StageName, progress: number): void {
    const line = lineOf(stage);
    this.#words[line + BEATS_OF_LINE] = ((this.#words[line + BEATS_OF_LINE] ?? 0) + 1) | 0;
    this.#words[line + PROGRESS_OF_LINE] = ((this.#words[line + PROGRESS_OF_LINE] ?? 0) + progress) | 0;
  }

  /** Turns of a stage's thread, modulo 2^32. */
  beats(stage: StageName): number {
    return Atomics.load(this.#words, lineOf(stage) + BEATS_OF_LINE);
  }

  /** What a stage has done, modulo 2^32: slots of the engine, batches of the journaller and of a following standby. */
  progress(stage: StageName): number {
    return Atomics.load(this.#words, lineOf(stage) + PROGRESS_OF_LINE);
  }
}

function lineOf(stage: StageName): number {
  return (1 + STAGES.indexOf(stage)) * WORDS_PER_LINE;
}
