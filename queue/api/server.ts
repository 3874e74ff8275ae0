import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Scope } from '../store/api-key-file.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { addBatchRoutes } from './batch-routes.ts';
import { addBookRoutes } from './book-routes.ts';
import { addCommandRoutes } from './command-routes.ts';
import type { ApiContext, ApiServer } from './context.ts';
import { addDashboardRoutes } from './dashboard-routes.ts';
import { addEventRoutes } from './event-routes.ts';
import { addHealthRoutes } from './health-routes.ts';
import { addInclusionRoutes } from './inclusion-routes.ts';
import { addJobRoutes } from './job-routes.ts';
import { addMarketRoutes } from './market-routes.ts';
import { describePackedBodies, OPENAPI } from './openapi.ts';
import { sendProblem } from './problem.ts';
import { validatorOf } from './request-validator.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What an API key must be for; a route without one is open. */
    scope?: Scope;
  }
}

// 1024 extended commands as JSON are some 400 KB.
const BODY_BYTES_MAX = 1024 * 1024;
const REQUESTS_PER_MINUTE_OPEN = 1_000_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server of a service; `listen` starts it. */
export async function buildServer(context: ApiContext, logger: FastifyBaseLogger): Promise<ApiServer> {
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(({ schema, httpPart }) => validatorOf(schema, httpPart));
  server.setErrorHandler(sendProblem);
  const allowed = new AllowedMethods();
  allowed.watch(server);
  server.addHook('onRequest', async (request) => {
    // Before anything of the body is looked at: what is not there, or not this way, needs none.
    if (request.is404) throw nothingAt(request, allowed.of(request.url));
    const { scope } = request.routeOptions.config;
    if (scope !== undefined && context.requiresKeys) context.keys.authorize(request, scope);
  });
  server.addHook('onRoute', (route) => {
    if (route.config?.scope !== undefined && route.schema !== undefined)
      route.schema.security = [{ apiKey: [] }];
  });
  observe(server, context);
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    hsts: false,
  });
  await server.register(rateLimit, {
    hook: 'preHandler',
    keyGenerator: (request) => context.keys.of(request)?.keyId ?? request.ip,
    max: (request) => context.keys.of(request)?.requestsPerMinute ?? REQUESTS_PER_MINUTE_OPEN,
    timeWindow: 60_000,
    errorResponseBuilder: (request, { max, ttl }) => {
      const value = context.keys.of(request)?.keyId ?? 'absent';
      const retryAfterS = Math.ceil(ttl / 1000);
      return new ProofbookError('RATE_LIMITED', { value, max, reason: 'requests a minute', retryAfterS });
    },
  });
  await server.register(swagger, {
    openapi: OPENAPI,
    transformObject: (input) => describePackedBodies('openapiObject' in input ? input.openapiObject : {}),
  });
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  addRoutes(server, context);
  return server;
}

function nothingAt({ method, url }: FastifyRequest, methods: readonly string[]): ProofbookError {
  return methods.length === 0
    ? new ProofbookError('ROUTE_UNKNOWN', { field: 'path', value: `${method} ${url}` })
    : new ProofbookError('METHOD_NOT_ALLOWED', {
        field: 'method',
        value: method,
        allowed: methods.join(', '),
      });
}

function addRoutes(server: ApiServer, context: ApiContext): void {
  server.register(async (routes) => {
    addMarketRoutes(routes, context);
    addCommandRoutes(routes, context);
    addBatchRoutes(routes, context);
    addInclusionRoutes(routes, context);
    addBookRoutes(routes, context);
    addEventRoutes(routes, context);
    addJobRoutes(routes, context);
    addHealthRoutes(routes, context);
    addDashboardRoutes(routes);
    routes.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  });
}

/** Every answer is counted, and every failed one is in the log. */
function observe(server: ApiServer, { metrics, keys }: ApiContext): void {
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode: status, elapsedTime: durationMs } = reply;
    metrics.answered(request.method, route, status, durationMs);
    const fields = {
      method: request.method,
      route,
      status,
      durationMs,
      keyId: keys.of(request)?.keyId ?? null,
    };
    if (status >= 400) request.log.info(fields, 'refused');
    else request.log.debug(fields, 'answered');
  });
}
