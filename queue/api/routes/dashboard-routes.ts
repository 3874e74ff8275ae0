import type { FastifyInstance } from 'fastify';
import { DASHBOARD_CONTENT_SECURITY_POLICY, loadDashboardAssets } from '../dashboard-assets.ts';

/** The dashboard's files, and nothing but them. */
export function dashboardRoutes(server: FastifyInstance): void {
  for (const [path, { body, contentType, etag }] of loadDashboardAssets()) {
    server.get(path, { schema: { hide: true } }, (request, reply) => {
      reply
        .header('content-security-policy', DASHBOARD_CONTENT_SECURITY_POLICY)
        .header('cache-control', 'no-cache')
        .header('etag', etag);
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.header('content-type', contentType).send(Buffer.from(body));
    });
  }
}
