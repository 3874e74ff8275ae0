import { Type } from '@sinclair/typebox';
import type { ApiContext, ApiServer } from './context.ts';
import { ReadinessSchema, readinessOf } from './readiness.ts';
import { bytesAnswer, jsonAnswer, problems } from './route-answers.ts';
import { CLOSED } from './value-schemas.ts';

const METRICS_TYPE = 'text/plain';

/** Is it alive, can it work, how is it doing. */
export function addHealthRoutes(server: ApiServer, { service, metrics }: ApiContext): void {
  server.get(
    '/health',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether the process answers',
        response: {
          200: jsonAnswer(Type.Object({ alive: Type.Literal(true) }, CLOSED), 'It does.'),
          ...problems(),
        },
      },
    },
    async () => ({ alive: true as const }),
  );
  server.get(
    '/ready',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether commands would be taken and proven now',
        response: {
          200: jsonAnswer(ReadinessSchema, 'They would.'),
          ...problems(),
          503: jsonAnswer(ReadinessSchema, 'They would not.'),
        },
      },
    },
    async (_request, reply) => {
      const readiness = await readinessOf(service);
      return reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
  );
  server.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['health'],
        summary: 'Prometheus metrics',
        response: { 200: bytesAnswer(METRICS_TYPE, 'Text exposition format.'), ...problems() },
      },
    },
    async (_request, reply) => {
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).serializer(String).send(text);
    },
  );
}
