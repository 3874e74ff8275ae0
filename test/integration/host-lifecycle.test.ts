import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { isRunning, waitFor } from '../support/processes.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// The real host, taken away in the middle of a proof that is long enough never to end before the test does.
const LIMIT_MS = 120_000;
const [batch] = sampleBatches(1, 300, SEED);
if (batch === undefined) throw new Error('one batch was sampled');
const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();

let prover: Prover;
let image: GuestImage;
beforeAll(async () => {
  image = loadGuestImage();
  prover = await Prover.start();
}, LIMIT_MS);
afterAll(() => prover.close());

/** Starts a proof and waits until its first segment is being proven. */
async function midProof(by: Prover, options: { signal?: AbortSignal } = {}) {
  let hasBegun = false;
  const outcome = by.prove(env, image, {
    ...options,
    onProgress: ({ stage }) => {
      hasBegun ||= stage === 'proving';
    },
  });
  outcome.catch(() => {}); // The test looks at it later.
  await waitFor('the first segment', () => hasBegun);
  return { outcome, pid: pidOf(by) };
}

function pidOf(by: Prover): number {
  if (by.pid === undefined) throw new Error('the prover has no host now');
  return by.pid;
}

async function stillWorks(by: Prover): Promise<number> {
  const { publicValues } = await by.execute(env, image);
  expect(publicValues).toEqual(new Uint8Array(batch?.journalDigest ?? []));
  return pidOf(by);
}

describe('a host that is taken away in the middle of a proof', () => {
  test(
    'by SIGKILL: every call is PROVER_HOST_LOST, and the next one gets a fresh host',
    async () => {
      const { outcome, pid } = await midProof(prover);
      const waiting = prover.execute(env, image);
      process.kill(pid, 'SIGKILL');
      const reason = 'it was killed by SIGKILL';
      await expectRejection(outcome, 'PROVER_HOST_LOST', { method: 'prove', reason });
      await expectRejection(waiting, 'PROVER_HOST_LOST', { method: 'execute', reason });
      expect(await stillWorks(prover)).not.toBe(pid);
      expect(isRunning(pid)).toBe(false);
    },
    LIMIT_MS,
  );

  test(
    'by a cancel: CANCELED, no process goes on, and a call that waited behind it is answered all the same',
    async () => {
      const canceler = new AbortController();
      const { outcome, pid } = await midProof(prover, { signal: canceler.signal });
      const waiting = prover.execute(env, image);
      canceler.abort();
      await expectRejection(outcome, 'CANCELED', { method: 'prove' });
      expect((await waiting).publicValues).toEqual(new Uint8Array(batch.journalDigest));
      await waitFor('death of the canceled host', () => !isRunning(pid));
      expect(await stillWorks(prover)).not.toBe(pid);
    },
    LIMIT_MS,
  );

  test(
    'by a timeout: TIMED_OUT, and no process goes on',
    async () => {
      const pid = await stillWorks(prover);
      const outcome = prover.prove(env, image, { timeoutMs: 1_000 });
      await expectRejection(outcome, 'TIMED_OUT', { method: 'prove', value: 1_000 });
      await waitFor('death of the host', () => !isRunning(pid));
      await stillWorks(prover);
    },
    LIMIT_MS,
  );

  test(
    'by close: PROVER_CLOSED for what ran and for what comes later, and closing twice is fine',
    async () => {
      const closing = await Prover.start();
      const { outcome, pid } = await midProof(closing);
      await closing.close();
      await expectRejection(outcome, 'PROVER_CLOSED', { method: 'prove' });
      expect(isRunning(pid)).toBe(false);
      await expectRejection(closing.execute(env, image), 'PROVER_CLOSED', { method: 'execute' });
      await closing.close();
    },
    LIMIT_MS,
  );

  test(
    'by its memory limit: OUT_OF_MEMORY, and the next call works',
    async () => {
      const small = await Prover.start({ memoryLimitBytes: 2 ** 30 });
      try {
        await expectRejection(small.prove(env, image), 'OUT_OF_MEMORY', { method: 'prove' });
        await stillWorks(small);
      } finally {
        await small.close();
      }
    },
    LIMIT_MS,
  );
});

test(
  'a waiting call that is canceled leaves the running proof alone',
  async () => {
    const { outcome, pid } = await midProof(prover);
    const canceler = new AbortController();
    const waiting = prover.execute(env, image, { signal: canceler.signal });
    canceler.abort();
    await expectRejection(waiting, 'CANCELED', { method: 'execute' });
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await expectRejection(outcome, 'PROVER_HOST_LOST');
  },
  LIMIT_MS,
);

describe('a host whose parent goes', () => {
  /** Starts a program that proves, and returns it with its host's process id once the proof has begun. */
  async function provingParent(mode: string): Promise<{ parent: ChildProcess; hostPid: number }> {
    const script = fileURLToPath(new URL('../support/proving-parent.ts', import.meta.url));
    const parent = spawn(process.execPath, [script, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    return { parent, hostPid: Number(line.toString().split('\n')[0]) };
  }

  test(
    'by SIGKILL: the host sees its stdin close and leaves, in the middle of the proof',
    async () => {
      const { parent, hostPid } = await provingParent('wait');
      expect(isRunning(hostPid)).toBe(true);
      parent.kill('SIGKILL');
      await waitFor('death of the orphan', () => !isRunning(hostPid));
    },
    LIMIT_MS,
  );

  test(
    'by exiting without a word: the host goes with it',
    async () => {
      const { parent, hostPid } = await provingParent('exit');
      if (parent.exitCode === null) await once(parent, 'exit');
      await waitFor('death of the orphan', () => !isRunning(hostPid));
    },
    LIMIT_MS,
  );
});

test('a host that is not there names its path and the command that builds it', async () => {
  const error = await expectRejection(Prover.start({ hostBinary: '/no/such/host' }), 'HOST_BINARY_MISSING', {
    path: '/no/such/host',
  });
  expect(error.message).toContain('npm run setup');
});

test('settings that the host refuses come back in its own words', async () => {
  await expectRejection(Prover.start({ logStackedHeight: 3 }), 'PROVER_HOST_LOST', { method: 'hello' });
});
