import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What the thread is asked. */
export interface StateQuestion {
  readonly logPath: string;
  readonly batchNumber: number;
  readonly receiptDigest: string | undefined;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * The state file after a batch, by replaying the log on a thread of its own: a few milliseconds for each batch before it. One
 * at a time; who comes later waits.
 */
export async function stateAfter(
  logPath: string,
  batchNumber: number,
  receiptDigest: string | undefined,
): Promise<string> {
  const turn = last.then(() => replay({ logPath, batchNumber, receiptDigest }));
  last = turn.catch(() => undefined);
  return turn;
}

async function replay(question: StateQuestion): Promise<string> {
  const worker = new Worker(new URL('./state-thread.ts', import.meta.url), { workerData: question });
  const [text] = (await once(worker, 'message')) as [string];
  await worker.terminate();
  return text;
}
