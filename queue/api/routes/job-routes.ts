import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { JOB_STATES } from '../../store/job-row.ts';
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
        enum: [...JOB_STATES],
      }),
    ),
  },
  { additionalProperties: false },
);
const Params = Type.Object({ jobId: HexDigest });
const SwitchSchema = Type.Object({ paused: Type.Boolean(), reason: Type.String() }, { $id: 'QueueSwitch' });

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
  const { controls } = market.directory;
  const act = (name: string, summary: string, change: (jobId: string, reason: string) => void): void => {
    server.post(
      `/v1/jobs/:jobId/${name}`,
      { schema: { summary, params: Params, response: { 200: JobSchema, ...PROBLEMS } } },
      (request) => {
        const caller = callerOf(request, keys, 'admin');
        const { jobId } = request.params as Static<typeof Params>;
        change(jobId, `${name} by ${caller}`);
        return jobView(rows.get(jobId));
      },
    );
  };
  act('requeue', 'Puts a job that failed, was canceled or timed out back into the queue', (jobId, reason) =>
    controls.requeue(jobId, reason),
  );
  act('cancel', 'Ends an open job; a worker that is at it stops its prover host', (jobId, reason) =>
    controls.cancel(jobId, reason),
  );
  const toggle = (name: 'pause' | 'resume', summary: string): void => {
    server.post(
      `/v1/queue/${name}`,
      { schema: { summary, response: { 200: SwitchSchema, ...PROBLEMS } } },
      (request) => {
        controls[name](`${name} by ${callerOf(request, keys, 'admin')}`);
        return controls.queueSwitch();
      },
    );
  };
  toggle('pause', 'Stops handing jobs to workers');
  toggle('resume', 'Hands jobs to workers again');
}
