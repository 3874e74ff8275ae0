import type { BrokenPart } from './broken-part.ts';
import { HTTP_BROKEN_PARTS } from './http-broken-parts.ts';

const RETRIES = 'queue/store/retry-rules.ts';
const CLAIMS = 'queue/store/job-claims.ts';
const SUPERVISOR = 'queue/broker/worker-supervisor.ts';
const SEQUENCER = 'queue/broker/sequencer.ts';
const BROKER = 'test/chaos/broker-process.ts';

const NO_SWEEP = {
  file: BROKER,
  find: 'const SWEEP_INTERVAL_MS = 500;',
  replace: 'const SWEEP_INTERVAL_MS = 1e9;',
};
const EARLY_ACK = {
  file: BROKER,
  find: "    const jobId = market.take(submission);\n    say({ position, outcome: 'taken' });",
  replace:
    "    say({ position, outcome: 'taken' });\n    await new Promise((settle) => setTimeout(settle, 1_500));\n    const jobId = market.take(submission);",
};
const noRetry = (failure: string, retries: number) => ({
  file: RETRIES,
  find: `${failure}: ${retries},`,
  replace: `${failure}: 0,`,
});

/** For every fault a bug that its rounds must notice: a round that cannot fail says nothing. */
export const BROKEN_PARTS: readonly BrokenPart[] = [
  { fault: 'kill-broker', bug: 'a batch is acknowledged before it is in the log', ...EARLY_ACK },
  {
    fault: 'kill-worker',
    bug: 'a worker that died is not replaced',
    file: SUPERVISOR,
    find: 'if (!this.#stopping) this.#spawn();',
    replace: '',
  },
  { fault: 'kill-host', bug: 'a lost host is not tried again', ...noRetry('HostLost', 3) },
  {
    fault: 'kill-redis',
    bug: 'a Redis that died is not started again',
    file: 'queue/redis/private-redis.ts',
    find: 'if (this.#closing || this.#restarts >= RESTARTS_MAX) return;',
    replace: 'if (this.#restarts < RESTARTS_MAX) return;',
  },
  {
    fault: 'freeze-worker',
    bug: 'a worker that lives is never taken for lost',
    file: CLAIMS,
    find: 'Math.abs(nowMs - attempt.heartbeatAtMs) < heartbeatLostMs',
    replace: 'heartbeatLostMs > 0',
  },
  {
    fault: 'second-broker',
    bug: 'the data directory is not locked',
    file: BROKER,
    find: 'DirectoryLock.acquire(data)',
    replace: 'undefined',
  },
  {
    fault: 'shutdown-mid-proof',
    bug: 'workers are killed instead of asked',
    file: SUPERVISOR,
    find: '  child.stdin?.end();',
    replace: "  child.kill('SIGKILL');",
  },
  {
    fault: 'late-proof',
    bug: 'a proof that comes late is thrown away',
    file: 'queue/worker/prove-attempt.ts',
    find: "if (!isProofbookError(error, 'CLAIM_LOST')) throw error;",
    replace: 'throw error;',
  },
  {
    fault: 'late-proof',
    bug: 'a second proof proves its job again',
    file: CLAIMS,
    find: "if (row.state === 'proven') return 'known';",
    replace: '',
  },
  {
    fault: 'late-proof',
    bug: 'a claim that another followed may still write',
    file: CLAIMS,
    find: 'if (row.claimToken !== claim.token || ended) {',
    replace: 'if (row.claimToken < 0 && ended) {',
  },
  {
    fault: 'poison',
    bug: 'a job that kills workers is not parked',
    file: RETRIES,
    find: 'WorkerLost: 1,',
    replace: 'WorkerLost: 5,',
  },
  {
    fault: 'cancel',
    bug: 'a worker does not look whether its job was canceled',
    file: CLAIMS,
    find: 'return this.#runningAttempt(row)?.claimToken === claim.token;',
    replace: 'return row.claimToken >= 0;',
  },
  {
    fault: 'pause',
    bug: 'a resume does nothing',
    file: 'queue/store/job-controls.ts',
    find: 'this.#setSwitch(0, reason, nowMs);',
    replace: '',
  },
  {
    fault: 'stale-endpoint',
    bug: 'the broker leaves no endpoint for workers',
    file: 'queue/broker/broker.ts',
    find: 'writeQueueEndpoint(directory.paths.queueEndpoint, backend.endpoint);',
    replace: '',
  },
  { fault: 'flush-redis', bug: 'the store is not swept', ...NO_SWEEP },
  { fault: 'evict-redis', bug: 'the store is not swept', ...NO_SWEEP },
  { fault: 'disk-full', bug: 'an append that failed is acknowledged', ...EARLY_ACK },
  {
    fault: 'store-locked',
    bug: 'a batch that the rows could not take is forgotten',
    file: SEQUENCER,
    find: '      const reason = messageOf(cause);\n',
    replace:
      "      const reason = messageOf(cause);\n      if (reason.includes('locked')) return { jobId: '', batchNumber: 0, sealed };\n",
  },
  {
    fault: 'torn-tail',
    bug: 'a torn entry stays in the log',
    file: SEQUENCER,
    find: '    directory.commandLog.dropTornEntry();\n',
    replace: '',
  },
  {
    fault: 'duplicate-delivery',
    bug: 'a job that another worker is at is taken from it',
    file: CLAIMS,
    find: 'Math.abs(nowMs - attempt.heartbeatAtMs) < heartbeatLostMs',
    replace: 'heartbeatLostMs < 0',
  },
  {
    fault: 'clock-back',
    bug: 'batches carry the time of the machine as it is',
    file: 'queue/broker/batch-clock.ts',
    find: 'if (nowNs > this.#lastNs) this.#lastNs = nowNs;',
    replace: 'this.#lastNs = nowNs;',
  },
  { fault: 'wrong-proof', bug: 'a refused proof is not tried again', ...noRetry('ProofRejected', 3) },
  { fault: 'corrupt-frame', bug: 'a broken stream is not tried again', ...noRetry('HostLost', 3) },
  { fault: 'host-crash', bug: 'a lost host is not tried again', ...noRetry('HostLost', 3) },
  { fault: 'host-memory', bug: 'a job out of memory is not tried again', ...noRetry('OutOfMemory', 3) },
  { fault: 'host-hang', bug: 'a job out of time is not tried again', ...noRetry('Timeout', 3) },
  ...HTTP_BROKEN_PARTS,
];
