// Writes a new top of the book every 10 us, until the thread is ended.
import { parentPort, workerData } from 'node:worker_threads';
import { TOP_WORDS, topBlock } from '../../queue/runtime/readers/book-board.ts';
import { SeqlockWriter } from '../../queue/runtime/readers/seqlock.ts';

const INTERVAL_MS = 0.01;

const writer = new SeqlockWriter(topBlock(workerData as SharedArrayBuffer));
const content = new Int32Array(TOP_WORDS);
parentPort?.postMessage('running');
let due = performance.now();
for (let version = 1; ; version++) {
  content.fill(version);
  writer.write(content, TOP_WORDS);
  for (due += INTERVAL_MS; performance.now() < due; ) Atomics.pause();
}
