import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { HostProcess, type Progress } from '../../prover/sdk/host-process.ts';
import { HostSession } from '../../prover/sdk/host-session.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { isRunning, waitFor } from '../support/processes.ts';

const STAND_IN = fileURLToPath(new URL('../support/stand-in-host.ts', import.meta.url));
const started: HostProcess[] = [];

async function standIn(behaviour: string): Promise<HostProcess> {
  const host = await HostProcess.spawn(process.execPath, [STAND_IN, behaviour]);
  started.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((host) => host.close()));
});

describe('a host that breaks the frame protocol', () => {
  test.each<[string, string]>([
    ['no-frames', 'headerLength'],
    ['huge-header', 'headerLength'],
    ['unasked-answer', 'id'],
    ['answer-without-result', 'answer result'],
    ['error-without-code', 'answer error.code'],
    ['stream-error', 'headerLength'],
  ])('%s: every call ends with FRAME_MALFORMED, and the process is killed', async (behaviour, field) => {
    const host = await standIn(behaviour);
    const calls = [host.call('prove', {}, []), host.call('verify', {}, [])];
    for (const call of calls) await expectRejection(call, 'FRAME_MALFORMED', { field });
    expect(host.isUsable).toBe(false);
    await waitFor('death of the host', () => !isRunning(host.pid));
    await expectRejection(host.call('hello', {}, []), 'PROVER_HOST_LOST', { method: 'hello' });
  });

  test('death in the middle of a frame is PROVER_HOST_LOST for every call, and says so', async () => {
    const host = await standIn('die-mid-frame');
    const calls = [host.call('prove', {}, []), host.call('verify', {}, [])];
    const errors = await Promise.all(calls.map((call) => expectRejection(call, 'PROVER_HOST_LOST')));
    expect(errors.map((error) => error.details.method)).toEqual(['prove', 'verify']);
    expect(errors[0]?.details.reason).toBe('it exited with code 0 in the middle of a frame');
  });

  test('the error of a death quotes exit code and last words', async () => {
    const host = await standIn('die-talking');
    await expectRejection(host.call('prove', {}, []), 'PROVER_HOST_LOST', {
      reason: 'it exited with code 7',
      lastWords: 'thread main panicked: no more luck',
    });
  });

  test('an error code that nobody knows becomes HOST_INTERNAL and quotes it; the host stays usable', async () => {
    const host = await standIn('unknown-code');
    const error = await expectRejection(host.call('execute', {}, []), 'HOST_INTERNAL', { method: 'execute' });
    expect(error.message).toContain('MADE_UP: what is this');
    expect(host.isUsable).toBe(true);
  });
});

describe('calls', () => {
  test('many at a time get their own answers', async () => {
    const host = await standIn('answer-all');
    const methods = Array.from({ length: 50 }, (_, i) => `method-${i}`);
    const replies = await Promise.all(methods.map((method) => host.call(method, {}, [new Uint8Array(1000)])));
    expect(replies.map(({ result }) => result.method)).toEqual(methods);
  });

  test('progress reaches the one call that it is about', async () => {
    const host = await standIn('progress-then-answer');
    const seen: Progress[] = [];
    await host.call('prove', {}, [], { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { stage: 'proving', done: 0, total: 2 },
      { stage: 'proving', done: 1, total: 2 },
    ]);
  });

  test('a progress callback that throws ends its own call with its own error, and no other', async () => {
    const host = await standIn('progress-until-canceled');
    const mine = new Error('my callback failed');
    const call = host.call('prove', {}, [], {
      onProgress: () => {
        throw mine;
      },
    });
    await expect(call).rejects.toBe(mine);
    expect(host.isUsable).toBe(true);
  });

  test('an aborted signal rejects before anything is sent', async () => {
    const host = await standIn('answer-all');
    const call = host.call('prove', {}, [], { signal: AbortSignal.abort() });
    await expectRejection(call, 'CANCELED', { method: 'prove' });
  });

  test('a cancel wins over an answer that comes after it', async () => {
    const host = await standIn('answer-in-spite-of-cancel');
    const canceler = new AbortController();
    const call = host.call('prove', {}, [], { signal: canceler.signal });
    canceler.abort();
    await expectRejection(call, 'CANCELED', { method: 'prove' });
    expect(host.isUsable).toBe(true);
  });

  test('a host that does not obey a cancel is killed, and its other calls are lost', async () => {
    const host = await standIn('ignore-everything');
    const canceler = new AbortController();
    const canceled = host.call('prove', {}, [], { signal: canceler.signal });
    const other = host.call('verify', {}, []);
    canceler.abort();
    await Promise.all([expectRejection(canceled, 'CANCELED'), expectRejection(other, 'PROVER_HOST_LOST')]);
    expect(host.isLossExpected).toBe(true);
    expect(isRunning(host.pid)).toBe(false);
  });

  test('a call past its timeout is TIMED_OUT', async () => {
    const host = await standIn('progress-until-canceled');
    await expectRejection(host.call('prove', {}, [], { timeoutMs: 50 }), 'TIMED_OUT', {
      method: 'prove',
      value: 50,
    });
  });

  test('close kills what does not leave, and the whole group with it', async () => {
    const stubborn = await standIn('ignore-everything');
    await stubborn.close();
    expect(isRunning(stubborn.pid)).toBe(false);
    const parent = await standIn('start-a-child');
    const { result } = await parent.call('hello', {}, []);
    const childPid = Number(result.childPid);
    expect(isRunning(childPid)).toBe(true);
    await parent.close();
    await waitFor('death of the grandchild', () => !isRunning(childPid));
  });
});

test('a process that exits without closing its host kills the group', async () => {
  const script = fileURLToPath(new URL('../support/exiting-parent.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const hostPid = Number(stdout);
  expect(hostPid).toBeGreaterThan(1);
  await waitFor('death of the host', () => !isRunning(hostPid));
});

describe('starting', () => {
  let directory: string | undefined;
  afterEach(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true });
    directory = undefined;
  });

  /** A program of its own, for the session starts a path and not a script. */
  function program(script: string): string {
    directory = mkdtempSync(join(tmpdir(), 'proofbook-stand-in-'));
    const path = join(directory, 'host');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  test('what is no program at all is HOST_START_FAILED', async () => {
    const hostBinary = program('');
    writeFileSync(hostBinary, '#!/no/such/interpreter\n');
    await expectRejection(HostSession.start({ hostBinary }), 'HOST_START_FAILED', { path: hostBinary });
  });

  test('a host of another protocol version is HOST_INCOMPATIBLE', async () => {
    const hostBinary = program(`exec "${process.execPath}" "${STAND_IN}" other-protocol`);
    await expectRejection(HostSession.start({ hostBinary }), 'HOST_INCOMPATIBLE', {
      field: 'protocolVersion',
      value: 2,
      expected: 1,
    });
  });

  test('a hello that lacks something names it', async () => {
    const hostBinary = program(`exec "${process.execPath}" "${STAND_IN}" bad-hello`);
    await expectRejection(HostSession.start({ hostBinary }), 'FRAME_MALFORMED', {
      field: 'hello result hostVersion',
    });
  });

  test('a host that dies at once is PROVER_HOST_LOST with its own words', async () => {
    const hostBinary = program('echo "--threads is x: must be a whole number" >&2; exit 1');
    await expectRejection(HostSession.start({ hostBinary }), 'PROVER_HOST_LOST', {
      reason: 'it exited with code 1',
      lastWords: '--threads is x: must be a whole number',
    });
  });
});
