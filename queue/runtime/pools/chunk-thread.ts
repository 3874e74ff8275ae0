// The thread of a ChunkMaker: for each number of bytes that comes, shared memory with every page in place.
import { type MessagePort, workerData } from 'node:worker_threads';

const port = workerData as MessagePort;
port.on('message', (bytes: number) => {
  const chunk = new SharedArrayBuffer(bytes);
  // Memory that nobody has written to has no pages yet.
  new Uint8Array(chunk).fill(0);
  port.postMessage(chunk);
});
