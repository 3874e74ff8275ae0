import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** What the OpenAPI document says beside the routes. */
export const OPENAPI: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Proofbook',
    description: 'An order book whose every batch is proven. u64 are decimal digits, digests 64 hex digits.',
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
