import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';
import type { MarketService } from './market-service.ts';
import { PROBLEM_CONTENT_TYPE, ProblemSchema, problemOf } from './problem.ts';
import { batchRoutes } from './routes/batch-routes.ts';
import { bookRoutes } from './routes/book-routes.ts';
import { commandRoutes } from './routes/command-routes.ts';
import { dashboardRoutes } from './routes/dashboard-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { inclusionRoutes } from './routes/inclusion-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { marketRoutes } from './routes/market-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What the routes work with. */
export interface ServerContext {
  readonly market: MarketService;
  readonly metrics: ServiceMetrics;
  /** False: nobody is asked for an API key. */
  readonly asksForKeys: boolean;
  readonly requestsPerMinute: number;
  /** What is not as it should be, by name; empty when the service is ready. */
  readonly notReady: () => Promise<Readonly<Record<string, string>>>;
  readonly log: (line: string) => void;
}

/** 1024 records as JSON, all fields written out, and some room. */
const BODY_BYTES_MAX = 1024 * 1024;
const VERSION = '1';

/** Makes the HTTP server; it listens to nothing yet. */
export async function buildServer(context: ServerContext): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    // An unknown field is refused and not dropped, and a "7" is no 7.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    routerOptions: { caseSensitive: true },
    forceCloseConnections: true,
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const known = knownError(error, context);
    const problem = problemOf(known);
    if (problem.status >= 500)
      context.log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
    context.metrics.problems.inc({ code: problem.code });
    return reply
      .code(problem.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(problem));
  });
  server.setNotFoundHandler((request) => {
    throw new ProofbookError('ROUTE_UNKNOWN', { method: request.method, path: request.url.slice(0, 120) });
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-resource-policy', 'same-origin');
  });
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.addSchema(ProblemSchema);
  await describe(server);
  await server.register(rateLimit, {
    max: context.requestsPerMinute,
    timeWindow: '1 minute',
    allowList: (request) => !request.url.startsWith('/v1/'),
    keyGenerator: (request) => request.headers.authorization ?? request.ip,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new ProofbookError('RATE_LIMITED', { max, retryAfterSeconds: Math.ceil(ttl / 1000) }),
  });
  const routes = [
    systemRoutes,
    marketRoutes,
    commandRoutes,
    batchRoutes,
    inclusionRoutes,
    bookRoutes,
    eventRoutes,
    jobRoutes,
    dashboardRoutes,
  ];
  for (const register of routes) register(server, context);
  await server.ready();
  return server;
}

async function describe(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Proofbook',
        version: VERSION,
        description:
          'A proving service for order books: commands in, sealed batches, receipts and inclusion proofs out.',
      },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
  });
  await server.register(swaggerUi, { routePrefix: '/docs' });
}

/** Errors of the framework in the words of the error table. */
function knownError(error: FastifyError, { market }: ServerContext): unknown {
  if (isProofbookError(error)) return error;
  if (error.validation !== undefined) {
    const [first] = error.validation;
    const at = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`.replaceAll('/', '.');
    const named = first?.params.additionalProperty ?? first?.params.missingProperty;
    return new ProofbookError('REQUEST_MALFORMED', {
      field: named === undefined ? at : `${at}.${String(named)}`,
      value: first?.keyword === 'required' ? 'absent' : 'refused',
      reason: first?.message ?? 'malformed',
    });
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProofbookError('BODY_TOO_LARGE', { value: 'more', max: BODY_BYTES_MAX });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProofbookError('MEDIA_TYPE_UNSUPPORTED', { field: 'content-type', value: error.message });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ProofbookError('REQUEST_MALFORMED', {
        field: 'body',
        value: 'refused',
        reason: error.message,
      });
    default:
      if (market.intake.failure === error) return new ProofbookError('INTERNAL', {}, { cause: error });
      return error.statusCode !== undefined && error.statusCode < 500
        ? new ProofbookError('REQUEST_MALFORMED', {
            field: 'request',
            value: 'refused',
            reason: error.message,
          })
        : error;
  }
}
