// A block of u32s that one thread writes and any number read, without a lock: readers never wait for each other nor hold up the
// writer. Word 0 is the version: odd while the writer is at it, and 2 more after each change. Behind it comes the content.
//
// The writer's stores are all atomic, so nobody sees them in another order. A reader must not have its reads of the content moved behind
// its second look at the version, and JavaScript has no fence (Boehm, "Can seqlocks get along with programming language memory models?",
// 2012). An atomic store to a word of the reader's own between the two is one: no read before it can be moved behind it, nor the atomic
// load behind it before it, on x86 (xchg) and on ARM (stlr before ldar); V8 moves no access to shared memory over an atomic one.

const VERSION_WORD = 0;
const CONTENT_WORD = 1;

/** The one writer of a block. */
export class SeqlockWriter {
  readonly #words: Int32Array;
  /** What the block holds: a word that stays as it is need not be written. */
  readonly #held: Int32Array;
  #version: number;

  /** @param words the block: one word more than its content */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#held = words.slice(CONTENT_WORD);
    // A writer that died while it wrote left an odd version; the next one's first change makes it even.
    this.#version = Atomics.load(words, VERSION_WORD) & ~1;
  }

  /** Publishes the first words of `content`. */
  write(content: Int32Array, count: number): void {
    Atomics.store(this.#words, VERSION_WORD, this.#version + 1);
    for (let word = 0; word < count; word++) {
      const value = content[word] ?? 0;
      if (value === this.#held[word]) continue;
      this.#held[word] = value;
      Atomics.store(this.#words, CONTENT_WORD + word, value);
    }
    this.#version = (this.#version + 2) | 0;
    Atomics.store(this.#words, VERSION_WORD, this.#version);
  }
}

/** One of the readers of a block. */
export class SeqlockReader {
  readonly #words: Int32Array;
  /** Nobody reads it: storing to it is the fence. */
  readonly #fence = new Int32Array(new SharedArrayBuffer(4));
  /** Looks that met the writer and were made again. */
  retries = 0;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /**
   * Copies the first words of the content, all of one version, to `into`, and returns that version.
   *
   * @param attempts looks at most; undefined is returned when all of them met the writer
   */
  read(into: Int32Array, count: number, attempts = 1_000_000): number | undefined {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const version = Atomics.load(this.#words, VERSION_WORD);
      if ((version & 1) === 0) {
        for (let word = 0; word < count; word++) into[word] = this.#words[CONTENT_WORD + word] ?? 0;
        Atomics.store(this.#fence, 0, version);
        if (Atomics.load(this.#words, VERSION_WORD) === version) return version;
      }
      this.retries += 1;
    }
    return undefined;
  }
}
