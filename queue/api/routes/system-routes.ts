import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../server.ts';

/** Whether the process lives, whether it can do its work, and its figures. Nobody is asked for a key here. */
export function systemRoutes(server: FastifyInstance, { metrics, notReady }: ServerContext): void {
  server.get(
    '/health',
    { schema: { security: [], response: { 200: Type.Object({ status: Type.Literal('alive') }) } } },
    () => ({ status: 'alive' }),
  );
  const Ready = Type.Object({
    status: Type.Union([Type.Literal('ready'), Type.Literal('not ready')]),
    faults: Type.Record(Type.String(), Type.String()),
  });
  server.get(
    '/ready',
    { schema: { security: [], response: { 200: Ready, 503: Ready } } },
    async (_request, reply) => {
      const faults = await notReady();
      const isReady = Object.keys(faults).length === 0;
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', faults });
    },
  );
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
}
