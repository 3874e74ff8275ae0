import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { encodeCommands } from '../../../engine/command.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { AcksSchema } from '../acks.ts';
import { callerOf } from '../caller.ts';
import { commandOfJson, JsonCommandSchema } from '../json-command.ts';
import type { ServerContext } from '../server.ts';
import { MarketParams, PROBLEMS, requireMarket } from './market-path.ts';

const COMMANDS_MAX = 1024;
const KEY_LENGTH_MAX = 200;

const CommandsSchema = Type.Object(
  { commands: Type.Array(JsonCommandSchema, { minItems: 1, maxItems: COMMANDS_MAX }) },
  { $id: 'Commands', additionalProperties: false },
);
const Headers = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: KEY_LENGTH_MAX })),
});
const Query = Type.Object(
  { acks: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('none')])) },
  { additionalProperties: false },
);

/** Commands in: to be sealed with others, or as a batch of their own. Both answer when the log has them and is synced. */
export function commandRoutes(server: FastifyInstance, context: ServerContext): void {
  const route = (path: string, summary: string, sealNow: boolean): void => {
    server.post(
      path,
      {
        schema: {
          summary,
          params: MarketParams,
          headers: Headers,
          querystring: Query,
          body: {
            content: {
              'application/json': { schema: CommandsSchema },
              'application/octet-stream': { schema: Type.Any({ description: 'packed records of 32 bytes' }) },
            },
          },
          response: { 202: AcksSchema, ...PROBLEMS },
        },
      },
      async (request, reply) => {
        const answer = await submit(request, context, sealNow);
        return reply.code(202).send(answer);
      },
    );
  };
  route('/v1/markets/:marketId/commands', 'Adds commands to the open batch', false);
  route('/v1/markets/:marketId/batches', 'Seals a batch with these commands at its end', true);
}

async function submit(
  request: FastifyRequest,
  { market, metrics, asksForKeys }: ServerContext,
  sealNow: boolean,
): Promise<Static<typeof AcksSchema>> {
  const done = metrics.ackSeconds.startTimer();
  const caller = callerOf(request, asksForKeys ? market.directory.apiKeys : undefined, 'submit');
  requireMarket(market, request.params as Static<typeof MarketParams>);
  const commands = commandsOf(request.body);
  const key = request.headers['idempotency-key'];
  const submissionKey = typeof key === 'string' ? `${caller} ${key}` : undefined;
  const { placements, acks } = await market.submit(commands, submissionKey, sealNow);
  const [first] = placements;
  if (first === undefined) throw new ProofbookError('EMPTY_BATCH');
  metrics.commands.inc(commands.length / 32);
  done();
  const { acks: wanted } = request.query as Static<typeof Query>;
  return {
    batchNumber: String(first.batchNumber),
    firstCommandIndex: first.firstCommandIndex,
    commandCount: placements.reduce((sum, { commandCount }) => sum + commandCount, 0),
    acks: wanted === 'none' ? [] : [...acks],
  };
}

/** Packed records as they are; JSON through the engine's codec, which refuses what no engine would accept. */
function commandsOf(body: unknown): Uint8Array {
  if (Buffer.isBuffer(body)) return new Uint8Array(body);
  return encodeCommands((body as Static<typeof CommandsSchema>).commands.map(commandOfJson));
}
