import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBoard } from '../../queue/runtime/readers/book-board.ts';
import { BookBoardReader } from '../../queue/runtime/readers/book-board-reader.ts';
import { type Figures, median } from './bench-result.ts';

/** Short rounds: most of them are over before another process has its turn, and the median is of those. */
const READS = 10_000;
const ROUNDS = 501;
const WRITER_THREAD = new URL('./seqlock-writer-thread.ts', import.meta.url);

/** Reads of the top of the book, 14 words of one version: alone, and while another thread writes 100,000 versions a second. */
export async function seqlockBench(): Promise<Figures> {
  const board = createBoard();
  const reader = new BookBoardReader(board);
  for (let round = 0; round < ROUNDS; round++) readNs(reader);
  const quiet = Array.from({ length: ROUNDS }, () => readNs(reader));
  const worker = new Worker(WRITER_THREAD, { workerData: board });
  await once(worker, 'message');
  const busy = Array.from({ length: ROUNDS }, () => readNs(reader));
  await worker.terminate();
  return {
    read_ns: median(busy),
    read_quiet_ns: median(quiet),
    retries_per_million: retriesPerMillion(reader),
  };
}

function readNs(reader: BookBoardReader): number {
  const started = performance.now();
  for (let read = 0; read < READS; read++) reader.readTop();
  return ((performance.now() - started) * 1e6) / READS;
}

function retriesPerMillion(reader: BookBoardReader): number {
  return (reader.retries / (READS * ROUNDS)) * 1e6;
}
