import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { callerOf } from '../caller.ts';
import type { FeedEvent } from '../event-feed.ts';
import type { ServerContext } from '../server.ts';
import { MarketParams, PROBLEMS, requireMarket } from './market-path.ts';

const KEEP_ALIVE_MS = 15_000;
/** A reader that is this far behind is let go: it comes back with its Last-Event-ID. */
const UNSENT_BYTES_MAX = 4 * 1024 * 1024;

const Headers = Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) });

/** Server-sent events: batch, job, depth, trade. */
export function eventRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  server.get(
    '/v1/markets/:marketId/events',
    {
      schema: {
        summary: 'Server-sent events; Last-Event-ID replays what was missed',
        params: MarketParams,
        headers: Headers,
        response: {
          200: { description: 'events', content: { 'text/event-stream': { schema: Type.String() } } },
          ...PROBLEMS,
        },
      },
    },
    (request, reply) => {
      callerOf(request, keys, 'read');
      requireMarket(market, request.params as Static<typeof MarketParams>);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no',
      });
      raw.write(': proofbook events\n\n');
      const send = (event: FeedEvent): void => {
        if (raw.writableLength > UNSENT_BYTES_MAX) raw.destroy();
        else raw.write(textOf(event));
      };
      const lastEventId = request.headers['last-event-id'];
      const unsubscribe = market.events.subscribe(
        typeof lastEventId === 'string' ? Number(lastEventId) : undefined,
        send,
      );
      const keepAlive = setInterval(() => raw.write(': still here\n\n'), KEEP_ALIVE_MS);
      raw.once('close', () => {
        clearInterval(keepAlive);
        unsubscribe();
      });
    },
  );
}

function textOf({ id, name, data }: FeedEvent): string {
  const number = id === undefined ? '' : `id: ${id}\n`;
  return `${number}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
