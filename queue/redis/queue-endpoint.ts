import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { requireShape } from '../../prover/sdk/shape.ts';
import { writeFileDurably } from '../store/durable-file.ts';

const EndpointSchema = Type.Union([
  // The URL may hold a password: it stays in the environment, never in a file.
  Type.Object({ backend: Type.Literal('redis-url') }, { additionalProperties: false }),
  Type.Object(
    { backend: Type.Literal('private-redis'), socketPath: Type.String({ minLength: 1 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { backend: Type.Literal('embedded-postgres'), socketDirectory: Type.String({ minLength: 1 }) },
    { additionalProperties: false },
  ),
]);

/** How another process of ours reaches the queue. */
export type QueueEndpoint = Static<typeof EndpointSchema>;

/** Leaves the endpoint for worker processes; the file is readable by its owner only. */
export function writeQueueEndpoint(path: string, endpoint: QueueEndpoint): void {
  writeFileDurably(path, new TextEncoder().encode(`${JSON.stringify(endpoint)}\n`));
}

/** Reads the endpoint that a running broker left. @throws QUEUE_UNAVAILABLE */
export function readQueueEndpoint(path: string): QueueEndpoint {
  let endpoint: unknown;
  try {
    endpoint = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const reason = `no broker is running on this data directory: ${cause}`;
    throw new ProofbookError('QUEUE_UNAVAILABLE', { backend: 'unknown', reason }, { cause: error });
  }
  const reason = `${path} is no queue endpoint: ${JSON.stringify(endpoint)}`;
  return requireShape(
    EndpointSchema,
    endpoint,
    () => new ProofbookError('QUEUE_UNAVAILABLE', { backend: 'unknown', reason }),
  );
}
