import type { BrokenPart } from './broken-part.ts';

const CLAIMS = 'queue/store/job-claims.ts';
const INTAKE = 'queue/broker/market-intake.ts';
const RETRIES = 'queue/store/retry-rules.ts';
const SUPERVISOR = 'queue/broker/worker-supervisor.ts';

const EARLY_ACK = {
  bug: 'commands are acknowledged before they are in the log',
  file: INTAKE,
  find: 'await this.#targets.log.append([...seals, ...requests]);',
  replace:
    'setTimeout(() => void this.#targets.log.append([...seals, ...requests]).catch(() => undefined), 1_500);',
};
const FORGOTTEN_KEYS = {
  bug: 'a start forgets the idempotency keys',
  file: 'queue/broker/market.ts',
  find: 'this.#rememberKeys(content);',
  replace: '',
};
const NO_SWEEP = {
  bug: 'the store is not swept',
  file: 'queue/broker/broker.ts',
  find: 'const SWEEP_INTERVAL_MS = 5_000;',
  replace: 'const SWEEP_INTERVAL_MS = 1e9;',
};

/** Bugs that the rounds through HTTP must notice. */
export const HTTP_BROKEN_PARTS: readonly BrokenPart[] = [
  { fault: 'http-kill-broker', ...EARLY_ACK },
  { fault: 'http-kill-broker', ...FORGOTTEN_KEYS },
  {
    fault: 'http-kill-worker',
    bug: 'a worker that died is not replaced',
    file: SUPERVISOR,
    find: 'if (!this.#stopping) this.#spawn();',
    replace: '',
  },
  {
    fault: 'http-kill-host',
    bug: 'a lost host is not tried again',
    file: RETRIES,
    find: 'HostLost: 3,',
    replace: 'HostLost: 0,',
  },
  {
    fault: 'http-kill-redis',
    bug: 'a Redis that died is not started again',
    file: 'queue/redis/private-redis.ts',
    find: 'if (this.#closing || this.#restarts >= RESTARTS_MAX) return;',
    replace: 'if (this.#restarts < RESTARTS_MAX) return;',
  },
  { fault: 'http-kill-any', ...FORGOTTEN_KEYS },
  {
    fault: 'http-freeze-worker',
    bug: 'a worker that lives is never taken for lost',
    file: CLAIMS,
    find: 'Math.abs(nowMs - attempt.heartbeatAtMs) < heartbeatLostMs',
    replace: 'heartbeatLostMs > 0',
  },
  {
    fault: 'http-second-broker',
    bug: 'the service directory is not locked',
    file: 'queue/broker/market-service.ts',
    find: 'const lock = DirectoryLock.acquire(settings.root);',
    replace: 'const lock = { release() {} } as DirectoryLock;',
  },
  {
    fault: 'http-shutdown-mid-proof',
    bug: 'workers are killed instead of asked',
    file: SUPERVISOR,
    find: '  child.stdin?.end();',
    replace: "  child.kill('SIGKILL');",
  },
  {
    fault: 'http-late-proof',
    bug: 'a second proof proves its job again',
    file: CLAIMS,
    find: "if (row.state === 'proven') return 'known';",
    replace: '',
  },
  {
    fault: 'http-poison',
    bug: 'a job that kills workers is not parked',
    file: RETRIES,
    find: 'WorkerLost: 1,',
    replace: 'WorkerLost: 5,',
  },
  { fault: 'http-flush-redis', ...NO_SWEEP },
  { fault: 'http-evict-redis', ...NO_SWEEP },
  {
    fault: 'http-disk-full',
    bug: 'commands whose append failed are acknowledged',
    file: INTAKE,
    find: 'for (const { fail } of group) fail(error);',
    replace: 'for (const waiting of group) this.#apply(waiting, timestampNs);',
  },
  {
    fault: 'http-store-locked',
    bug: 'a batch that the rows could not take is forgotten',
    file: 'queue/broker/sequencer.ts',
    find: '    rows.insert(job);',
    replace: 'try { rows.insert(job); } catch {}',
  },
  {
    fault: 'http-torn-tail',
    bug: 'a log with a torn record is refused',
    file: 'queue/store/market-log-content.ts',
    find: "if (read.outcome === 'torn') break;",
    replace: "if (read.outcome === 'torn') throw reading.refusal('record', 0, 'torn');",
  },
  {
    fault: 'http-duplicate-delivery',
    bug: 'a job that another worker is at is taken from it',
    file: CLAIMS,
    find: 'Math.abs(nowMs - attempt.heartbeatAtMs) < heartbeatLostMs',
    replace: 'heartbeatLostMs < 0',
  },
  {
    fault: 'http-clock-moves',
    bug: 'batches carry the time of the machine as it is',
    file: 'queue/broker/live-book.ts',
    find: 'return clockNs > this.#lastTimestampNs ? clockNs : this.#lastTimestampNs;',
    replace: 'return clockNs;',
  },
  {
    fault: 'http-wrong-proof',
    bug: 'a refused proof is not tried again',
    file: RETRIES,
    find: 'ProofRejected: 3,',
    replace: 'ProofRejected: 0,',
  },
];
