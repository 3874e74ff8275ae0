import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { COMMAND_BYTES } from '../../engine/command.ts';

/** What the OpenAPI document says beside the routes. */
export const OPENAPI: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Proofbook',
    description:
      'An order book whose every batch is proven. u64 are decimal digits, digests 64 hex digits. ' +
      'A method that a path does not take is answered 405 with the header Allow, as a problem like every error.',
    version: '1',
  },
  components: {
    securitySchemes: {
      apiKey: {
        type: 'http',
        scheme: 'bearer',
        description: 'A key that `proofbook keys create` made: pbk_...',
      },
    },
  },
  tags: [
    { name: 'markets' },
    { name: 'commands' },
    { name: 'batches' },
    { name: 'inclusion' },
    { name: 'book' },
    { name: 'events' },
    { name: 'jobs' },
    { name: 'health' },
  ],
};

type OpenApiObject = ReturnType<NonNullable<FastifyDynamicSwaggerOptions['transformObject']>>;

/** Says of packed bodies that they are bytes: as a validator's schema that would refuse them. */
export function describePackedBodies(document: OpenApiObject): OpenApiObject {
  for (const path of Object.values(document.paths ?? {})) {
    const body = path?.post?.requestBody;
    const packed =
      body !== undefined && 'content' in body ? body.content['application/octet-stream'] : undefined;
    if (packed === undefined) continue;
    const description = `Packed records, ${COMMAND_BYTES} bytes each (protocol §3).`;
    packed.schema = { type: 'string', format: 'binary', description };
  }
  return document;
}
