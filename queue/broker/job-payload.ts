import { type Static, Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { requireShape } from '../../prover/sdk/shape.ts';

const JobPayloadSchema = Type.Object(
  {
    /** Of this schema. */
    version: Type.Literal(1),
    jobId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);

/** What travels through the queue: a name, never data. */
export type JobPayload = Static<typeof JobPayloadSchema>;

/** The name of a job in BullMQ: its ids may not be all digits. */
export function queueJobId(jobId: string): string {
  return `prove-${jobId}`;
}

/** Checks a payload that came out of the queue. @throws JOB_MALFORMED naming the field and its value */
export function parseJobPayload(queueId: string, value: unknown): JobPayload {
  const payload = requireShape(JobPayloadSchema, value, (fault) =>
    malformed(queueId, fault.path === '' ? 'payload' : fault.path, fault.value, fault.reason),
  );
  if (queueId === queueJobId(payload.jobId)) return payload;
  throw malformed(queueId, 'jobId', payload.jobId, 'the queue knows it by another name');
}

function malformed(jobId: string, field: string, value: string, reason: string): ProofbookError {
  return new ProofbookError('JOB_MALFORMED', { jobId, field, value, reason });
}
