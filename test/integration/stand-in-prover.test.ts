import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../engine/error-table.ts';
import { FaultChooser, readFaultPlan } from '../../prover/fake-host/fault-plan.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { HostProcess } from '../../prover/sdk/host-process.ts';
import { HostSession } from '../../prover/sdk/host-session.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { expectRefusal, expectRejection } from '../support/expect-refusal.ts';
import { runCli } from '../support/run-cli.ts';
import { sampleBatches } from '../support/sample-batches.ts';

const image = loadGuestImage();
const [batch] = sampleBatches(1, 20, 1);
if (batch === undefined) throw new Error('one batch was sampled');
const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
const saved = { ...process.env };

let folder: string;
let prover: Prover | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-stand-in-'));
});

afterEach(async () => {
  await prover?.close();
  prover = undefined;
  for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
  rmSync(folder, { recursive: true });
});

async function standIn(faults = ''): Promise<Prover> {
  process.env.PROOFBOOK_FAKE_FAULTS = faults;
  process.env.PROOFBOOK_FAKE_NOTES = join(folder, 'notes');
  prover = await Prover.start({ standIn: true });
  return prover;
}

describe('the stand-in prover', () => {
  test('makes receipts that say fake everywhere and are refused unless accepted by name', async () => {
    const receipt = await (await standIn()).prove(env, image);
    expect({ ...receipt, session: 0, parameters: 0, journal: 0 }).toMatchObject({
      kind: 'fake',
      backend: 'fake',
      seal: new Uint8Array(0),
    });
    expect(receipt.parameters).toMatchObject({ kind: 'fake', securityBits: 0 });
    const decoded = Receipt.decode(receipt.encode());
    await expectRejection(decoded.verify(image.imageId), 'RECEIPT_FAKE');
    await decoded.verify(image.imageId, { acceptFake: true });
  });

  test('refuses what the guest refuses', async () => {
    const witness = batch.witness.slice();
    witness.set([~(witness[96 + 64] ?? 0)], 96 + 64);
    const tampered = ExecutorEnv.builder().write(witness).journal(batch.journal).build();
    await expectRejection((await standIn()).prove(tampered, image), 'GUEST_TRAPPED');
    const other = ExecutorEnv.builder().write(batch.witness).journal(new Uint8Array(256)).build();
    await expectRejection((await standIn()).execute(other, image), 'JOURNAL_MISMATCH');
  });

  test('is taken for no real prover, and no other program for it', async () => {
    const program = fileURLToPath(new URL('../../prover/fake-host/main.ts', import.meta.url));
    const host = await HostProcess.spawn(process.execPath, [program]);
    const { result } = await host.call('hello', {}, []);
    expect(result).toMatchObject({ backend: 'fake', hostVersion: 'fake 1' });
    await host.close();
    const posing = join(folder, 'posing');
    writeFileSync(posing, `#!/bin/sh\nexec ${process.execPath} ${program}\n`, { mode: 0o755 });
    await expectRejection(HostSession.start({ hostBinary: posing }), 'HOST_INCOMPATIBLE', {
      field: 'backend',
      value: 'fake',
      expected: 'openvm',
    });
  });

  test.each<[string, ErrorCode]>([
    ['crash', 'PROVER_HOST_LOST'],
    ['oom', 'OUT_OF_MEMORY'],
    ['wrong-seal', 'PROOF_REFUSED'],
    ['wrong-journal', 'JOURNAL_MISMATCH'],
    ['corrupt-frame', 'FRAME_MALFORMED'],
  ])('fails by %s once, and then proves', async (fault, code) => {
    const standing = await standIn(`${fault}:1`);
    await expectRejection(standing.prove(env, image), code);
    expect((await standing.prove(env, image)).kind).toBe('fake');
  });

  test('hangs until its caller loses patience, and is slow', async () => {
    const hanging = await standIn('hang:1');
    await expectRejection(hanging.prove(env, image, { timeoutMs: 200 }), 'TIMED_OUT');
    const startedMs = performance.now();
    process.env.PROOFBOOK_FAKE_FAULTS = 'slow:1';
    process.env.PROOFBOOK_FAKE_NOTES = '';
    const slow = await Prover.start({ standIn: true });
    await slow.prove(env, image);
    await slow.close();
    expect(performance.now() - startedMs).toBeGreaterThan(500);
  });
});

describe('the plan of faults', () => {
  test.each([
    ['PROOFBOOK_FAKE_FAULTS', 'explode:1'],
    ['PROOFBOOK_FAKE_FAULTS', 'crash:0.6,hang:0.6'],
    ['PROOFBOOK_FAKE_FAULTS', 'crash:2'],
    ['PROOFBOOK_FAKE_SEED', '-1'],
    ['PROOFBOOK_FAKE_DELAY_MS', '9999999'],
    ['PROOFBOOK_FAKE_POISON', 'x'],
  ])('%s is refused as %s', (field, value) => {
    expectRefusal(() => readFaultPlan({ [field]: value }), 'INVALID_FIELD', { field });
  });

  test('is the same for the same seed and another for another', () => {
    const witnesses = Array.from({ length: 40 }, (_, index) => new Uint8Array(8).fill(index));
    const faults = (seed: string) => {
      const chooser = new FaultChooser(
        readFaultPlan({ PROOFBOOK_FAKE_SEED: seed, PROOFBOOK_FAKE_FAULTS: 'crash:0.3,hang:0.3' }),
      );
      return witnesses.map((witness) => chooser.next(witness));
    };
    expect(faults('7')).toEqual(faults('7'));
    expect(faults('7')).not.toEqual(faults('8'));
    expect(new Set(faults('7'))).toEqual(new Set(['crash', 'hang', undefined]));
  });
});

test('a broker has no fake jobs unless it is told to', () => {
  expectRefusal(() => proofPolicy('fake', image), 'RECEIPT_FAKE');
  expect(proofPolicy('fake', image, { allowFake: true }).receiptKind).toBe('fake');
});

test('the demo makes none', async () => {
  const { exitCode, stderr } = await runCli(['demo', '--kind', 'fake', '--data', join(folder, 'data')]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('must be one of app, stark');
});
