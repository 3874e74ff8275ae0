// The client of the gateway bench: sends commands over one connection, never more than a window of them unanswered, and counts answers.
import { once } from 'node:events';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { clientFrame, clientHello } from '../support/binary-client.ts';

/** What the thread is started with. */
export interface GatewayClientThread {
  readonly port: number;
  readonly account: number;
  readonly key: Uint8Array;
  /** Packed commands of one record each. */
  readonly commands: SharedArrayBuffer;
  readonly window: number;
}

/** Commands of a run that the thread is told to send, and what it says at its end. */
export interface GatewayRun {
  readonly first: number;
  readonly count: number;
}

const FRAME_RECORDS = 512;
const HEADER_BYTES = 8;
const EVENTS = 130;

const { port, account, key, commands, window } = workerData as GatewayClientThread;
const records = Buffer.from(commands);
const socket = connect({ port, host: '127.0.0.1' });
socket.setNoDelay(true);
await once(socket, 'connect');
socket.write(clientHello(account, key));

let answered = 0;
let sent = 0;
let first = 0;
let last = 0;
let startedMs = 0;
let rest: Buffer = Buffer.alloc(0);

function send(): void {
  while (sent < last && sent - answered <= window - FRAME_RECORDS) {
    const count = Math.min(FRAME_RECORDS, last - sent);
    const body = records.subarray(sent * COMMAND_BYTES, (sent + count) * COMMAND_BYTES);
    socket.write(clientFrame(2, count, body));
    sent += count;
  }
}

/** Events come in the order of commands, so a frame's last event says how many are answered. */
function read(bytes: Buffer): number {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + HEADER_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    if (bytes.readUInt8(at + 4) === EVENTS) answered = bytes.readUInt32LE(end - 4);
    else if (bytes.readUInt8(at + 4) > EVENTS)
      throw new Error(`the gateway sent a frame of type ${bytes.readUInt8(at + 4)}`);
    at = end;
  }
  return at;
}

socket.on('data', (chunk) => {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  rest = bytes.subarray(read(bytes));
  if (answered === last && last > first) {
    parentPort?.postMessage(performance.now() - startedMs);
    first = last;
    return;
  }
  send();
});
parentPort?.on('message', (run: GatewayRun) => {
  if (run.count === 0) {
    socket.destroy();
    parentPort?.close();
    return;
  }
  first = run.first;
  last = run.first + run.count;
  startedMs = performance.now();
  send();
});
parentPort?.postMessage(0);
