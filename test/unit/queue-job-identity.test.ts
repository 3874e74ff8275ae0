import { describe, expect, test } from 'vitest';
import { parseJobPayload, queueJobId } from '../../queue/broker/job-payload.ts';
import { type JobIdentityParts, jobIdentity } from '../../queue/store/job-identity.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const PARTS: JobIdentityParts = {
  imageId: '1'.repeat(64),
  parametersDigest: '2'.repeat(64),
  receiptKind: 'app',
  journal: new Uint8Array(256),
  witness: new Uint8Array(100),
};

describe('job identity', () => {
  test('is the same for the same parts and another when any part differs', () => {
    const variants: readonly Partial<JobIdentityParts>[] = [
      {},
      { imageId: '3'.repeat(64) },
      { parametersDigest: '3'.repeat(64) },
      // Two parts swapped are other parts.
      { imageId: PARTS.parametersDigest, parametersDigest: PARTS.imageId },
      { receiptKind: 'stark' },
      { journal: new Uint8Array(256).fill(1, 255) },
      { witness: new Uint8Array(100).fill(1, 99) },
      { witness: new Uint8Array(101) },
    ];
    const identities = variants.map((variant) => jobIdentity({ ...PARTS, ...variant }));
    expect(new Set(identities).size).toBe(variants.length);
    expect(jobIdentity({ ...PARTS })).toBe(identities[0]);
    expect(identities[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('refuses parts that are not of their shape', () => {
    expectRefusal(() => jobIdentity({ ...PARTS, journal: new Uint8Array(255) }), 'INVALID_LENGTH', {
      field: 'journal',
      value: 255,
    });
    expectRefusal(() => jobIdentity({ ...PARTS, imageId: 'xyz' }), 'INVALID_FIELD', { field: 'imageId' });
  });
});

describe('job payload', () => {
  const jobId = 'a'.repeat(64);
  const good = { version: 1, jobId };

  test('is taken when it is whole and under its own name', () => {
    expect(parseJobPayload(queueJobId(jobId), good)).toEqual(good);
  });

  test.each([
    ['null', null, 'payload'],
    ['a text', 'prove it', 'payload'],
    ['an array', [good], 'payload'],
    ['no version', { jobId }, 'version'],
    ['another version', { version: 2, jobId }, 'version'],
    ['a version as text', { version: '1', jobId }, 'version'],
    ['a short id', { version: 1, jobId: 'abc' }, 'jobId'],
    ['an id in capitals', { version: 1, jobId: 'A'.repeat(64) }, 'jobId'],
    ['a number as id', { version: 1, jobId: 7 }, 'jobId'],
    ['data that does not belong there', { ...good, witness: 'AAAA' }, 'witness'],
  ])('is refused when it is %s', (_, payload, field) => {
    expectRefusal(() => parseJobPayload(queueJobId(jobId), payload), 'JOB_MALFORMED', { field });
  });

  test('is refused under another name', () => {
    expectRefusal(() => parseJobPayload('prove-other', good), 'JOB_MALFORMED', {
      field: 'jobId',
      value: jobId,
    });
  });
});
