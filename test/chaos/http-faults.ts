import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataPaths } from '../../queue/store/data-directory.ts';
import { decodeMarketLog } from '../../queue/store/market-log-content.ts';
import { encodeLogRecord } from '../../queue/store/market-log-format.ts';
import { freezeWorker, PROCESS_FAULTS } from './process-faults.ts';
import { type ChaosFault, hit, type RoundContext } from './round-context.ts';
import { requireRisingTimes, STORAGE_FAULTS } from './storage-faults.ts';

const SHIFTED_CLOCK = fileURLToPath(new URL('./shifted-clock.mjs', import.meta.url));
const CLOCK_VARIABLE = 'PROOFBOOK_CHAOS_CLOCK';
const HOUR_MS = 3_600_000;
// `proofbook serve` takes a worker for lost that was silent for a minute.
const FROZEN_MAX_MS = 100_000;
const NO_DIGEST = new Uint8Array(32);

/** The same fault where `proofbook serve` and its HTTP stand in front. */
function throughHttp(name: string, change: Partial<ChaosFault> = {}): ChaosFault {
  const fault = [...PROCESS_FAULTS, ...STORAGE_FAULTS].find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`no fault is called "${name}"`);
  return { ...fault, ...change, name: `http-${name}`, isThroughHttp: true };
}

/** Kills one of all the processes, whichever it is, again and again. */
async function killAny({ service, random, say }: RoundContext): Promise<void> {
  for (let times = 3 + random.below(3); times > 0; times--) {
    const pids = {
      API: service.pid === undefined ? [] : [service.pid],
      worker: service.workerPids,
      host: service.hostPids,
      Redis: service.redisPids,
    };
    const name = random.pick<keyof typeof pids>(['API', 'worker', 'host', 'Redis']);
    say(`SIGKILL to ${name} ${hit(pids[name], random)}`);
    await delay(random.below(1_200));
  }
}

async function tearTail({ service, random, say }: RoundContext): Promise<void> {
  await service.kill();
  const path = dataPaths(service.options.data).commandLog;
  const { chain } = decodeMarketLog(path, readFileSync(path));
  const records = new Uint8Array(32 * (1 + random.below(4)));
  const { bytes } = encodeLogRecord(
    {
      kind: 'commands',
      timestampNs: BigInt(Date.now()) * 1_000_000n,
      keyDigest: NO_DIGEST,
      contentDigest: NO_DIGEST,
      records,
    },
    chain,
  );
  const torn = 1 + random.below(bytes.length - 1);
  appendFileSync(path, bytes.subarray(0, torn));
  say(`${torn} of ${bytes.length} bytes of a record`);
}

/** Every process of the service reads the clock through a file that the round writes. */
function clockEnvironment(): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`,
    [CLOCK_VARIABLE]: join(mkdtempSync(join(tmpdir(), 'proofbook-chaos-clock-')), 'offset'),
  };
}

async function moveClock({ service, random, say }: RoundContext): Promise<void> {
  const path = service.options.environment[CLOCK_VARIABLE] ?? '';
  for (const offsetMs of [-HOUR_MS, random.between(-10, 10) * HOUR_MS, -2 * HOUR_MS]) {
    writeFileSync(path, String(offsetMs));
    say(`the clock is off by ${offsetMs / HOUR_MS} hours`);
    await delay(200 + random.below(500));
  }
}

/** Faults of `proofbook serve`: its clients submit through HTTP, under keys, and do not give up. */
export const HTTP_FAULTS: readonly ChaosFault[] = [
  throughHttp('kill-broker'),
  throughHttp('kill-worker'),
  throughHttp('kill-host'),
  throughHttp('kill-redis'),
  { name: 'http-kill-any', isThroughHttp: true, workerCount: 2, inject: killAny },
  throughHttp('freeze-worker', { inject: freezeWorker(FROZEN_MAX_MS) }),
  throughHttp('second-broker'),
  throughHttp('shutdown-mid-proof'),
  throughHttp('late-proof'),
  throughHttp('poison'),
  // Slow enough that jobs wait in what is flushed.
  throughHttp('flush-redis', { environment: () => ({ PROOFBOOK_FAKE_DELAY_MS: '800' }) }),
  throughHttp('evict-redis'),
  throughHttp('disk-full'),
  throughHttp('store-locked'),
  throughHttp('torn-tail', { inject: tearTail }),
  throughHttp('duplicate-delivery'),
  {
    name: 'http-clock-moves',
    isThroughHttp: true,
    environment: clockEnvironment,
    inject: moveClock,
    look: requireRisingTimes,
  },
  throughHttp('wrong-proof'),
];
