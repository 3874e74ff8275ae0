import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../engine/message-of.ts';
import type { DataDirectory } from '../../queue/store/data-directory.ts';
import { isRunning } from '../support/processes.ts';
import { LATE_PROOF } from './late-proof-fault.ts';
import { type ChaosFault, hit, jobInProof, type RoundContext, seek } from './round-context.ts';

const PATIENCE_MS = 5_000;
const FROZEN_MAX_MS = 30_000;
const STOP_MAX_MS = 20_000;
const POLL_MS = 50;

/** Kills one of the processes, at the proof where there is one, and again a little later. */
function killing(pick: (context: RoundContext) => readonly number[]) {
  return async (context: RoundContext): Promise<void> => {
    const { random, directory, say } = context;
    for (let times = 1 + random.below(2); times > 0; times--) {
      if (random.chance(60)) await seek(() => jobInProof(directory), PATIENCE_MS);
      const pid = hit(pick(context), random);
      say(`SIGKILL to ${pid}`);
      await delay(random.below(1_000));
    }
  };
}

/** Stops the worker of a job that is being proven, but not while it holds the store: nobody could take anything over then. */
async function stopInProof(directory: DataDirectory, say: RoundContext['say']) {
  for (;;) {
    const job = await seek(() => jobInProof(directory), PATIENCE_MS);
    const pid = directory.rows.attempts(job?.jobId ?? '').at(-1)?.workerPid;
    if (job === undefined || pid === undefined) return {};
    process.kill(pid, 'SIGSTOP');
    try {
      directory.batches.probeWrite();
      return { job, pid };
    } catch (error) {
      say(`worker ${pid} was stopped in a commit and goes on: ${messageOf(error)}`);
      process.kill(pid, 'SIGCONT');
      await delay(POLL_MS);
    }
  }
}

/** Stops a worker at its proof until another has proven the job, then lets it go on. */
export function freezeWorker(frozenMaxMs: number) {
  return async ({ directory, say }: RoundContext): Promise<void> => {
    const { job, pid } = await stopInProof(directory, say);
    if (job === undefined || pid === undefined) return;
    try {
      const isProven = () => (directory.rows.get(job.jobId).state === 'proven' ? true : undefined);
      if ((await seek(isProven, frozenMaxMs)) === undefined) {
        throw new Error(`nobody took over batch ${job.batchNumber} of a worker frozen for ${frozenMaxMs} ms`);
      }
      say(`batch ${job.batchNumber} was proven by another while worker ${pid} was frozen`);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };
}

/** Faults of processes: killed, frozen, stopped, started twice. */
export const PROCESS_FAULTS: readonly ChaosFault[] = [
  {
    name: 'kill-broker',
    inject: async ({ service, random, directory }) => {
      if (random.chance(50)) await seek(() => jobInProof(directory), PATIENCE_MS);
      await service.kill();
    },
  },
  { name: 'kill-worker', inject: killing(({ service }) => service.workerPids) },
  { name: 'kill-host', inject: killing(({ service }) => service.hostPids) },
  { name: 'kill-redis', inject: killing(({ service }) => service.redisPids) },
  {
    name: 'freeze-worker',
    workerCount: 2,
    workerArguments: ['--heartbeat-lost-s', '6'],
    environment: () => ({ PROOFBOOK_FAKE_DELAY_MS: '1500' }),
    inject: freezeWorker(FROZEN_MAX_MS),
  },
  {
    name: 'second-broker',
    inject: async ({ service, say }) => {
      const refused = await service.startSecond();
      say(`second broker: ${refused ?? 'it runs'}`);
      if (refused === undefined) throw new Error(`a second broker ran on ${service.options.data}`);
      if (!refused.includes('exit code 8')) throw new Error(`the second broker ended otherwise: ${refused}`);
    },
  },
  {
    name: 'shutdown-mid-proof',
    environment: () => ({ PROOFBOOK_FAKE_DELAY_MS: '1500' }),
    inject: async (context) => {
      const job = await seek(() => jobInProof(context.directory), PATIENCE_MS);
      const startedMs = Date.now();
      const exitCode = await context.service.stop();
      const tookMs = Date.now() - startedMs;
      context.say(`stopped in ${tookMs} ms with exit code ${exitCode}`);
      if (exitCode !== 0 || tookMs > STOP_MAX_MS) throw new Error('the shutdown was not in order');
      const last = context.directory.rows.attempts(job?.jobId ?? '').at(-1)?.outcome;
      // Proven at the last moment is as good.
      if (job !== undefined && last !== 'released' && last !== 'proven') {
        throw new Error(`batch ${job.batchNumber} was not given back: its attempt ended as ${last}`);
      }
    },
  },
  LATE_PROOF,
  {
    name: 'poison',
    environment: () => ({ PROOFBOOK_FAKE_POISON: '2' }),
    mayPark: false,
    look: async ({ directory, service, say }) => {
      const job = directory.rows.list().find(({ batchNumber }) => batchNumber === 2);
      if (job === undefined) throw new Error('batch 2 has no job');
      const killed = directory.rows.attempts(job.jobId).filter(({ outcome }) => outcome === 'WorkerLost');
      if (job.state !== 'failed' || killed.length !== 2) {
        throw new Error(`batch 2 is ${job.state} after ${killed.length} dead workers`);
      }
      say('parked after two dead workers; asked for again without the poison');
      await service.stop();
      service.setEnvironment({ PROOFBOOK_FAKE_POISON: '' });
      directory.controls.requeue(job.jobId, 'the poison is out');
      await service.start();
    },
  },
  {
    name: 'cancel',
    environment: () => ({ PROOFBOOK_FAKE_DELAY_MS: '3000' }),
    inject: async ({ directory, service, say }) => {
      const job = await seek(() => jobInProof(directory), PATIENCE_MS);
      const worker = directory.rows.attempts(job?.jobId ?? '').at(-1)?.workerPid;
      if (job === undefined || worker === undefined) return;
      const hosts = service.hostPidsOf(worker);
      directory.controls.cancel(job.jobId, 'not wanted');
      const dead = await seek(() => (hosts.some(isRunning) ? undefined : true), PATIENCE_MS);
      if (dead === undefined) throw new Error('the prover host outlived the cancel');
      if (directory.rows.get(job.jobId).state !== 'canceled') throw new Error('the job was not canceled');
      say('canceled, its host is gone; asked for again');
      directory.controls.requeue(job.jobId, 'wanted after all');
    },
  },
  {
    name: 'pause',
    inject: async ({ directory, random }) => {
      directory.controls.pause('maintenance');
      await delay(500 + random.below(1_000));
      directory.controls.resume('done');
    },
  },
  {
    name: 'stale-endpoint',
    inject: async ({ service, say }) => {
      // What names the queue is gone, as after a careless clean-up; the next start leaves it again.
      const path = join(service.options.data, 'queue-endpoint.json');
      say(`the endpoint was ${existsSync(path) ? 'there' : 'not there'}`);
      rmSync(path, { force: true });
      await service.kill();
    },
  },
];
