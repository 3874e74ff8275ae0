// The board: what every thread may know of the book after each batch. Two seqlock blocks, the top of the book and its depth, each on
// cache lines of its own.

/** Price levels a side that the depth shows. */
export const DEPTH_LEVELS = 16;

/** Content of the top's block, in u32s: the batch number, then price, displayed lots and orders of the best bid and ask. */
export const TOP_WORDS = 2 + 2 * 6;
/** Content of the depth's block: the batch number, levels of both sides, then the levels of the bid and of the ask. */
export const DEPTH_WORDS = 4 + 2 * DEPTH_LEVELS * 6;
/** u32s of one level: price u64, displayed lots u64, orders u64. */
export const WORDS_PER_LEVEL = 6;

const WORDS_PER_LINE = 16;
const TOP_START = 0;
const DEPTH_START = roundUp(1 + TOP_WORDS);
const BOARD_WORDS = DEPTH_START + roundUp(1 + DEPTH_WORDS);

/** Memory for one board. */
export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(BOARD_WORDS * 4);
}

export function topBlock(board: SharedArrayBuffer): Int32Array {
  return new Int32Array(board, TOP_START * 4, 1 + TOP_WORDS);
}

export function depthBlock(board: SharedArrayBuffer): Int32Array {
  return new Int32Array(board, DEPTH_START * 4, 1 + DEPTH_WORDS);
}

function roundUp(words: number): number {
  return Math.ceil(words / WORDS_PER_LINE) * WORDS_PER_LINE;
}
