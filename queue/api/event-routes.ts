import { Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Market } from '../broker/market.ts';
import { type EventCursor, parseCursor } from '../broker/market-events.ts';
import { type ApiContext, type ApiServer, marketOf } from './context.ts';
import { EventStream } from './event-stream.ts';
import { MarketParamsSchema } from './market-schemas.ts';
import { bytesAnswer, problems } from './route-answers.ts';

const STREAMS_MAX = 1000;
const RETRY_AFTER_S = 5;

const EventHeadersSchema = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'Goes on behind this event: SEQUENCE-CHANGE, as an event said it.',
    }),
  ),
});

/** What happens in a market, as it happens. */
export function addEventRoutes(server: ApiServer, context: ApiContext): void {
  const streams = new Set<EventStream>();
  server.get(
    '/v1/markets/:marketId/events',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['events'],
        summary: 'Server-sent events: batch, job, depth, trade',
        params: MarketParamsSchema,
        headers: EventHeadersSchema,
        response: { 200: bytesAnswer('text/event-stream', 'The events, without end.'), ...problems(404) },
      },
    },
    async (request, reply) => {
      const market = marketOf(context, request.params.marketId);
      const from = cursorOf(market, request.headers['last-event-id']);
      if (streams.size >= STREAMS_MAX) {
        const details = {
          value: 'all',
          max: STREAMS_MAX,
          reason: 'event streams',
          retryAfterS: RETRY_AFTER_S,
        };
        throw new ProofbookError('RATE_LIMITED', details);
      }
      reply.hijack();
      const stream = new EventStream(market, reply.raw, reply.getHeaders());
      streams.add(stream);
      context.metrics.eventStreams.set(streams.size);
      stream.done.finally(() => {
        streams.delete(stream);
        context.metrics.eventStreams.set(streams.size);
      });
      stream.start(from);
    },
  );
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
}

function cursorOf(market: Market, lastEventId: string | undefined): EventCursor | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const cursor = parseCursor(lastEventId);
  const now = market.hub.cursor;
  if (cursor !== undefined && cursor.sequence <= now.sequence && cursor.changeId <= now.changeId)
    return cursor;
  throw new ProofbookError('REQUEST_MALFORMED', {
    field: 'last-event-id',
    value: lastEventId,
    reason: 'no event of this market has it',
  });
}
