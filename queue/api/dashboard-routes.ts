import type { ApiServer } from './context.ts';
import { dashboardHeaders, loadDashboardAssets } from './dashboard-assets.ts';

/** The dashboard: the page at `/` and the files that it names. */
export function addDashboardRoutes(server: ApiServer): void {
  for (const [path, asset] of loadDashboardAssets()) {
    const headers = dashboardHeaders(asset);
    const body = Buffer.from(asset.body);
    server.get(path, { schema: { hide: true } }, async (request, reply) => {
      reply.headers(headers);
      if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
      return reply.send(body);
    });
  }
}
