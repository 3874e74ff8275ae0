import { DEPTH_LEVELS, DEPTH_WORDS, depthBlock, TOP_WORDS, topBlock, WORDS_PER_LEVEL } from './book-board.ts';
import { SeqlockReader } from './seqlock.ts';

/** One level as a reader sees it. */
export interface BoardLevel {
  readonly price: bigint;
  /** What is shown, the hidden parts of icebergs not. */
  readonly displayedLots: bigint;
  readonly orderCount: bigint;
}

/** The book after some batch. A side without orders has no levels. */
export interface BoardView {
  readonly batchNumber: bigint;
  readonly bids: readonly BoardLevel[];
  readonly asks: readonly BoardLevel[];
}

/** Reads a board from any thread. `readTop` allocates nothing; the views are for those who want objects. */
export class BookBoardReader {
  readonly #top: SeqlockReader;
  readonly #depth: SeqlockReader;
  readonly #depthContent = new Int32Array(DEPTH_WORDS);
  /** What `readTop` read last: layout in book-board.ts. */
  readonly top = new Int32Array(TOP_WORDS);

  constructor(board: SharedArrayBuffer) {
    this.#top = new SeqlockReader(topBlock(board));
    this.#depth = new SeqlockReader(depthBlock(board));
  }

  /** Reads the best level of both sides into `top`. Returns its version, undefined when the writer was met a million times. */
  readTop(): number | undefined {
    return this.#top.read(this.top, TOP_WORDS);
  }

  /** Looks at the top that met the writer. */
  get retries(): number {
    return this.#top.retries;
  }

  topView(): BoardView | undefined {
    if (this.readTop() === undefined) return undefined;
    return viewOf(this.top, 2, 1);
  }

  /** Up to 16 levels a side, all of one batch. */
  depthView(): BoardView | undefined {
    if (this.#depth.read(this.#depthContent, DEPTH_WORDS) === undefined) return undefined;
    return viewOf(this.#depthContent, 4, DEPTH_LEVELS);
  }
}

function viewOf(content: Int32Array, start: number, levels: number): BoardView {
  const view = new DataView(content.buffer);
  const side = (first: number): BoardLevel[] => {
    const found: BoardLevel[] = [];
    for (let index = 0; index < levels; index++) {
      const at = (first + index * WORDS_PER_LEVEL) * 4;
      const orderCount = view.getBigUint64(at + 16, true);
      if (orderCount === 0n) break;
      found.push({
        price: view.getBigUint64(at, true),
        displayedLots: view.getBigUint64(at + 8, true),
        orderCount,
      });
    }
    return found;
  };
  return {
    batchNumber: view.getBigUint64(0, true),
    bids: side(start),
    asks: side(start + levels * WORDS_PER_LEVEL),
  };
}
