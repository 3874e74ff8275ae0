import type { BookListener } from '../pipeline/engine-stage.ts';
import type { MarketEngine } from '../pipeline/market-engine.ts';
import { DEPTH_LEVELS, DEPTH_WORDS, depthBlock, TOP_WORDS, topBlock, WORDS_PER_LEVEL } from './book-board.ts';
import { SeqlockWriter } from './seqlock.ts';

const SIDES = 2;
const BATCH_NUMBER_WORD = 2;
const FIRST_LEVEL_OF_TOP = 2;
const FIRST_LEVEL_OF_DEPTH = 4;

/** Depth is published at once when nothing waits, and else this often: it takes some ten times as long as the top. */
const DEPTH_INTERVAL_US = 50;

/** Publishes the book on a board, from the engine's own memory: its top after each batch, its depth soon after. Allocates nothing. */
export class BookBoardWriter implements BookListener {
  readonly #top: SeqlockWriter;
  readonly #depth: SeqlockWriter;
  readonly #topContent = new Int32Array(TOP_WORDS);
  readonly #depthContent = new Int32Array(DEPTH_WORDS);
  /** Depth is left out while it is false (degradation, step 1). */
  isDepthWanted = true;
  #isDepthOld = false;
  #depthWrittenUs = 0;

  constructor(board: SharedArrayBuffer) {
    this.#top = new SeqlockWriter(topBlock(board));
    this.#depth = new SeqlockWriter(depthBlock(board));
  }

  afterBatch(engine: MarketEngine, startedUs: number): void {
    const header = engine.module.headerPointer() / 4;
    const top = this.#topContent;
    top[0] = engine.words[header + BATCH_NUMBER_WORD] ?? 0;
    top[1] = engine.words[header + BATCH_NUMBER_WORD + 1] ?? 0;
    for (let side = 0; side < SIDES; side++) {
      writeLevels(engine, side, 1, top, FIRST_LEVEL_OF_TOP + side * WORDS_PER_LEVEL);
    }
    this.#top.write(top, TOP_WORDS);
    this.#isDepthOld = true;
    if (((startedUs - this.#depthWrittenUs) | 0) < DEPTH_INTERVAL_US) return;
    this.#depthWrittenUs = startedUs;
    this.whenIdle(engine);
  }

  whenIdle(engine: MarketEngine): void {
    if (!this.#isDepthOld || !this.isDepthWanted) return;
    this.#isDepthOld = false;
    this.#writeDepth(engine);
  }

  #writeDepth(engine: MarketEngine): void {
    const depth = this.#depthContent;
    depth[0] = this.#topContent[0] ?? 0;
    depth[1] = this.#topContent[1] ?? 0;
    for (let side = 0; side < SIDES; side++) {
      const start = FIRST_LEVEL_OF_DEPTH + side * DEPTH_LEVELS * WORDS_PER_LEVEL;
      depth[2 + side] = writeLevels(engine, side, DEPTH_LEVELS, depth, start);
    }
    this.#depth.write(depth, DEPTH_WORDS);
  }
}

/** Writes up to `max` levels of a side, best first, and zeros for those that are not there; returns how many there are. */
function writeLevels(
  engine: MarketEngine,
  side: number,
  max: number,
  target: Int32Array,
  start: number,
): number {
  const { module, words } = engine;
  let count = 0;
  for (
    let cursor = module.bestLevelCursor(side);
    cursor !== 0 && count < max;
    cursor = module.worseLevelCursor(side, cursor)
  ) {
    const level = module.levelPointer(side, cursor) / 4;
    const at = start + count * WORDS_PER_LEVEL;
    target[at] = words[level] ?? 0;
    target[at + 1] = words[level + 1] ?? 0;
    const borrow = (words[level + 2] ?? 0) >>> 0 < (words[level + 6] ?? 0) >>> 0 ? 1 : 0;
    target[at + 2] = ((words[level + 2] ?? 0) - (words[level + 6] ?? 0)) | 0;
    target[at + 3] = ((words[level + 3] ?? 0) - (words[level + 7] ?? 0) - borrow) | 0;
    target[at + 4] = words[level + 4] ?? 0;
    target[at + 5] = words[level + 5] ?? 0;
    count += 1;
  }
  target.fill(0, start + count * WORDS_PER_LEVEL, start + max * WORDS_PER_LEVEL);
  return count;
}
