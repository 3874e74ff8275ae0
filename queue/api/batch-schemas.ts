import { type Static, Type } from '@sinclair/typebox';
import { JOB_STATES } from '../store/job-row.ts';
import { CLOSED, Count, DigestHex, Hex, nullable, U64 } from './value-schemas.ts';

const JobState = Type.Unsafe<(typeof JOB_STATES)[number]>({ type: 'string', enum: [...JOB_STATES] });

export const JobSchema = Type.Object(
  {
    jobId: DigestHex,
    marketId: U64,
    batchNumber: U64,
    state: JobState,
    stage: Type.String({ description: 'What the prover is at; empty between stages.' }),
    stageDone: Count,
    stageTotal: Count,
    receiptKind: Type.String({ description: 'app, stark, or fake, which holds no proof.' }),
    proveDurationMs: nullable(Type.Number({ minimum: 0 })),
    errorCode: nullable(Type.String()),
    createdAtMs: Count,
    updatedAtMs: Count,
  },
  CLOSED,
);
export type JobBody = Static<typeof JobSchema>;

export const BatchSchema = Type.Object(
  {
    batchNumber: U64,
    commandCount: Type.Integer({ minimum: 1, maximum: 1024 }),
    transitionCount: Type.Integer({ minimum: 1, maximum: 4096 }),
    firstSequence: U64,
    lastSequence: U64,
    timestampNs: U64,
    preStateRoot: DigestHex,
    postStateRoot: DigestHex,
    commandsRoot: DigestHex,
    transitionsRoot: DigestHex,
    job: JobSchema,
  },
  CLOSED,
);
export type BatchBody = Static<typeof BatchSchema>;

export const BatchListSchema = Type.Object({ batches: Type.Array(BatchSchema) }, CLOSED);
export const JobListSchema = Type.Object({ paused: Type.Boolean(), jobs: Type.Array(JobSchema) }, CLOSED);

export const BatchParamsSchema = Type.Object({ marketId: U64, batchNumber: U64 }, CLOSED);
export const BatchQuerySchema = Type.Object(
  { after: Type.Optional(U64), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
  CLOSED,
);

export const JobQuerySchema = Type.Object(
  { state: Type.Optional(JobState), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
  CLOSED,
);
export const JobParamsSchema = Type.Object({ jobId: DigestHex }, CLOSED);

export const InclusionSchema = Type.Object(
  {
    batchNumber: U64,
    root: DigestHex,
    recordCount: Type.Integer({ minimum: 1, maximum: 4096 }),
    index: Type.Integer({ minimum: 0, maximum: 255, description: 'Of the page.' }),
    page: Type.String({ description: 'The 1 KiB page that is proven, in hex.' }),
    siblings: Type.Array(DigestHex),
    record: Hex,
    receiptDigest: nullable(DigestHex),
  },
  { ...CLOSED, description: 'A transition with the proof that it is under the root (protocol §6).' },
);
export const InclusionQuerySchema = Type.Object({ sequence: U64 }, CLOSED);

export const OrderParamsSchema = Type.Object({ marketId: U64, orderId: U64 }, CLOSED);
export const OrderInclusionSchema = Type.Object(
  { orderId: U64, transitions: Type.Array(InclusionSchema) },
  CLOSED,
);
