import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { JobSchema, jobView } from '../batch-view.ts';
import { callerOf } from '../caller.ts';
import type { ServerContext } from '../server.ts';
import { HexDigest } from '../wire-values.ts';
import { PROBLEMS } from './market-path.ts';

const JOBS_MAX = 1000;
const Query = Type.Object(
  {
    state: Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        enum: ['queued', 'executing', 'proving', 'verifying', 'proven', 'failed'],
      }),
    ),
  },
  { additionalProperties: false },
);
const Params = Type.Object({ jobId: HexDigest });

/** Jobs, for operators. */
export function jobRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  const { rows } = market.directory;
  server.get(
    '/v1/jobs',
    {
      schema: {
        querystring: Query,
        response: { 200: Type.Object({ jobs: Type.Array(JobSchema) }), ...PROBLEMS },
      },
    },
    (request) => {
      callerOf(request, keys, 'read');
      const { state } = request.query as Static<typeof Query>;
      const jobs = rows.list().filter((row) => state === undefined || row.state === state);
      return { jobs: jobs.slice(-JOBS_MAX).map(jobView) };
    },
  );
  server.post(
    '/v1/jobs/:jobId/requeue',
    {
      schema: {
        summary: 'Puts a failed job back into the queue',
        params: Params,
        response: { 200: JobSchema, ...PROBLEMS },
      },
    },
    (request) => {
      const caller = callerOf(request, keys, 'admin');
      const { jobId } = request.params as Static<typeof Params>;
      rows.requeue(jobId, `requeued by ${caller}`);
      return jobView(rows.get(jobId));
    },
  );
}
