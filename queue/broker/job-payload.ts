import Type from 'typebox';
import { Value } from 'typebox/value';
import { ProofbookError } from '../../engine/proofbook-error.ts';

const JobPayloadSchema = Type.Object(
  {
    /** Of this schema. */
    version: Type.Literal(1),
    jobId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);

/** What travels through the queue: a name, never data. */
export type JobPayload = Type.Static<typeof JobPayloadSchema>;

/** The name of a job in BullMQ: its ids may not be all digits. */
export function queueJobId(jobId: string): string {
  return `prove-${jobId}`;
}

/** Checks a payload that came out of the queue. @throws JOB_MALFORMED naming the field and its value */
export function parseJobPayload(queueId: string, payload: unknown): JobPayload {
  if (Value.Check(JobPayloadSchema, payload)) {
    if (queueId === queueJobId(payload.jobId)) return payload;
    throw new ProofbookError('JOB_MALFORMED', {
      jobId: queueId,
      field: 'jobId',
      value: payload.jobId,
      reason: 'the queue knows it by another name',
    });
  }
  const [first] = Value.Errors(JobPayloadSchema, payload);
  const path = first?.instancePath ?? '';
  throw new ProofbookError('JOB_MALFORMED', {
    jobId: queueId,
    field: path === '' ? 'payload' : path.slice(1).replaceAll('/', '.'),
    value: JSON.stringify(valueAt(payload, path)) ?? 'undefined',
    reason: first?.message ?? 'does not fit the schema',
  });
}

function valueAt(payload: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    payload,
  );
}
