import { Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Market } from '../broker/market.ts';
import { JobListSchema, JobParamsSchema, JobQuerySchema, JobSchema } from './batch-schemas.ts';
import { jobBody } from './bodies.ts';
import type { ApiContext, ApiServer } from './context.ts';
import { jsonAnswer, problems } from './route-answers.ts';
import { CLOSED } from './value-schemas.ts';

const LIMIT_DEFAULT = 100;
const REASON = 'asked for through the API';
const SwitchSchema = Type.Object({ paused: Type.Boolean() }, CLOSED);

/** Jobs of every market, and what an operator does with them. */
export function addJobRoutes(server: ApiServer, context: ApiContext): void {
  const { service } = context;
  server.get(
    '/v1/jobs',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['jobs'],
        summary: 'Jobs, by market and batch',
        querystring: JobQuerySchema,
        response: { 200: jsonAnswer(JobListSchema, 'The jobs.'), ...problems() },
      },
    },
    async ({ query }) => {
      const limit = query.limit ?? LIMIT_DEFAULT;
      const jobs = service
        .list()
        .flatMap(({ directory, config }) =>
          directory.controls.list(query.state, limit).map((row) => jobBody(config.marketId, row)),
        );
      return { paused: isPaused(context), jobs: jobs.slice(0, limit) };
    },
  );
  for (const action of ['cancel', 'requeue'] as const) {
    server.post(
      `/v1/jobs/:jobId/${action}`,
      {
        config: { scope: 'admin' },
        schema: {
          tags: ['jobs'],
          summary: action === 'cancel' ? 'End an open job' : 'Ask again for a parked job',
          params: JobParamsSchema,
          response: { 200: jsonAnswer(JobSchema, 'The job as it is now.'), ...problems(404, 409) },
        },
      },
      async ({ params }) => {
        const { directory, broker, config } = marketOfJob(context, params.jobId);
        directory.controls[action](params.jobId, REASON);
        if (action === 'requeue') await broker.enqueue(params.jobId);
        return jobBody(config.marketId, directory.rows.get(params.jobId));
      },
    );
  }
  for (const action of ['pause', 'resume'] as const) {
    server.post(
      `/v1/queue/${action}`,
      {
        config: { scope: 'admin' },
        schema: {
          tags: ['jobs'],
          summary: action === 'pause' ? 'Hand out no more jobs' : 'Hand out jobs again',
          response: { 200: jsonAnswer(SwitchSchema, 'Whether the queue is paused.'), ...problems() },
        },
      },
      async () => {
        for (const { directory } of service.list()) directory.controls[action](REASON);
        return { paused: isPaused(context) };
      },
    );
  }
}

function isPaused({ service }: ApiContext): boolean {
  return service.list().some(({ directory }) => directory.controls.queueSwitch().paused);
}

function marketOfJob({ service }: ApiContext, jobId: string): Market {
  const market = service.list().find(({ directory }) => directory.rows.find(jobId) !== undefined);
  if (market === undefined) throw new ProofbookError('JOB_UNKNOWN', { jobId, field: 'jobId', value: jobId });
  return market;
}
