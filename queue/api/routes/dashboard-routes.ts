import type { FastifyInstance } from 'fastify';
import { dashboardHeaders, loadDashboardAssets } from '../dashboard-assets.ts';

/** The dashboard's files, and nothing but them. */
export function dashboardRoutes(server: FastifyInstance): void {
  for (const [path, asset] of loadDashboardAssets()) {
    const { 'content-type': contentType, ...headers } = dashboardHeaders(asset);
    server.get(path, { schema: { hide: true } }, (request, reply) => {
      reply.headers(headers);
      if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
      return reply.header('content-type', contentType).send(Buffer.from(asset.body));
    });
  }
}
