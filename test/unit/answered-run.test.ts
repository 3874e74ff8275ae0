import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../engine/error-table.ts';
import {
  type AskedRun,
  fakeReceiptOf,
  receiptOfProof,
  sessionOfExecution,
} from '../../prover/sdk/answered-run.ts';
import type { HostHello } from '../../prover/sdk/host-messages.ts';
import type { HostAnswer } from '../../prover/sdk/host-session.ts';
import { parseImageId } from '../../prover/sdk/image-id.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const journal = new Uint8Array(256).fill(3);
const image = { imageId: parseImageId('ab'.repeat(32)), elf: new Uint8Array(4) };
const asked: AskedRun = { kind: 'app', image, journal };
const hello: HostHello = {
  protocolVersion: 1,
  hostVersion: '0.1.0',
  backend: 'openvm',
  backendVersion: '2.0.2',
  parameters: { securityBits: 100 },
  parametersDigest: 'cd'.repeat(32),
  memoryLimitBytes: 1,
  pid: 1,
};
const answer: HostAnswer<'prove'> = {
  result: {
    imageId: image.imageId,
    kind: 'app',
    publicValues: Buffer.from(blake3(journal)).toString('hex'),
    segmentCount: 2,
    instructionCount: 100,
    traceCells: 1_000,
    proveDurationMs: 7_000.4,
    executeDurationMs: 12.6,
    peakMemoryBytes: null,
    parametersDigest: hello.parametersDigest,
  },
  attachments: [Uint8Array.of(1, 2, 3)],
};
const proven = (change: Partial<HostAnswer<'prove'>['result']>, attachments = answer.attachments) =>
  receiptOfProof({ result: { ...answer.result, ...change }, attachments }, asked, hello);

describe('what the host answers, held against what was asked', () => {
  test('becomes a receipt when all of it fits, durations in whole ms', () => {
    const receipt = proven({});
    expect({ ...receipt }).toEqual({
      kind: 'app',
      backend: 'openvm',
      backendVersion: '2.0.2',
      imageId: image.imageId,
      parametersDigest: hello.parametersDigest,
      parameters: hello.parameters,
      journal,
      seal: Uint8Array.of(1, 2, 3),
      session: {
        instructionCount: 100,
        traceCells: 1_000,
        segmentCount: 2,
        executeDurationMs: 13,
        proveDurationMs: 7_000,
        peakMemoryBytes: null,
      },
    });
    expect(receipt.proveDurationMs).toBe(7_000);
  });

  test.each<[ErrorCode, string, Parameters<typeof proven>[0]]>([
    ['IMAGE_MISMATCH', 'another program', { imageId: 'ac'.repeat(32) }],
    ['JOURNAL_MISMATCH', 'another journal', { publicValues: '00'.repeat(32) }],
    ['JOURNAL_MISMATCH', 'no public values', { publicValues: '' }],
    ['HOST_INCOMPATIBLE', 'another kind', { kind: 'stark' }],
    ['HOST_INCOMPATIBLE', 'other parameters', { parametersDigest: '00'.repeat(32) }],
  ])('is %s when the proof is of %s', (code, _name, change) => {
    expectRefusal(() => proven(change), code);
  });

  test('is FRAME_MALFORMED without a seal, or with two', () => {
    expectRefusal(() => proven({}, []), 'FRAME_MALFORMED', { field: 'attachments', value: 0 });
    const seals = [new Uint8Array(1), new Uint8Array(1)];
    expectRefusal(() => proven({}, seals), 'FRAME_MALFORMED', { field: 'attachments', value: 2 });
  });

  test('an execution is refused for another program or journal; without an expected journal only for the program', () => {
    const { imageId, publicValues } = answer.result;
    const segments = [{ instructionCount: 1 }, { instructionCount: 2 }];
    const result = {
      imageId,
      publicValues,
      segments,
      instructionCount: 3,
      traceCells: 4,
      paddedTraceCells: 8,
      executeDurationMs: 5.5,
    };
    const session = sessionOfExecution(result, image, journal);
    expect(session).toEqual({
      instructionCount: 3,
      traceCells: 4,
      segmentCount: 2,
      publicValues: blake3(journal),
      executeDurationMs: 5.5,
    });
    expectRefusal(
      () => sessionOfExecution({ ...result, imageId: '00'.repeat(32) }, image, undefined),
      'IMAGE_MISMATCH',
    );
    const other = { ...result, publicValues: '00'.repeat(32) };
    expectRefusal(() => sessionOfExecution(other, image, journal), 'JOURNAL_MISMATCH');
    expect(sessionOfExecution(other, image, undefined).publicValues).toEqual(new Uint8Array(32));
    const fake = fakeReceiptOf(session, asked, hello);
    expect({ kind: fake.kind, backend: fake.backend, seal: fake.seal }).toEqual({
      kind: 'fake',
      backend: 'fake',
      seal: new Uint8Array(0),
    });
  });
});
