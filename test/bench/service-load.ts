import { Agent, request as httpRequest } from 'node:http';
import { COMMAND_BYTES } from '../../engine/command.ts';

/** What a load is made of. */
export interface LoadOptions {
  /** Address of the commands route. */
  readonly url: string;
  readonly commandsPerSecond: number;
  /** Records of one request. */
  readonly requestRecords: number;
  readonly durationMs: number;
  /** Makes the body of the request of that number. */
  readonly body: (index: number) => Uint8Array;
}

/** What came of it. */
export interface LoadOutcome {
  /** Milliseconds from when a request was due to its answer, sorted: a late start counts as waiting. */
  readonly ackMs: readonly number[];
  readonly acknowledgedCommands: number;
  readonly refusedRequests: number;
  readonly elapsedMs: number;
}

const CONNECTIONS_MAX = 64;
const TICK_MS = 2;

/** Sends requests at a fixed rate whatever the answers take (open loop): a slow service cannot slow its own load down. */
export async function applyLoad(options: LoadOptions): Promise<LoadOutcome> {
  const { commandsPerSecond, requestRecords, durationMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const intervalMs = (requestRecords / commandsPerSecond) * 1000;
  const total = Math.floor(durationMs / intervalMs);
  const ackMs: number[] = [];
  let refusedRequests = 0;
  let acknowledgedCommands = 0;
  const pending: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let index = 0; index < total; index++) {
    const dueMs = startedMs + index * intervalMs;
    while (performance.now() < dueMs) await new Promise((settle) => setTimeout(settle, TICK_MS));
    const body = options.body(index);
    pending.push(
      post(options.url, body, agent).then((status) => {
        ackMs.push(performance.now() - dueMs);
        if (status === 202) acknowledgedCommands += body.length / COMMAND_BYTES;
        else refusedRequests += 1;
      }),
    );
  }
  await Promise.all(pending);
  const elapsedMs = performance.now() - startedMs;
  agent.destroy();
  return { ackMs: ackMs.sort((a, b) => a - b), acknowledgedCommands, refusedRequests, elapsedMs };
}

function post(url: string, body: Uint8Array, agent: Agent): Promise<number> {
  return new Promise((settle, fail) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': body.length };
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => settle(response.statusCode ?? 0));
    });
    request.once('error', fail);
    request.end(body);
  });
}
