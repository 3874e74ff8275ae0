import type { FastifyRequest } from 'fastify';
import { hex } from '../../engine/hex.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { CommandAck } from '../broker/command-acks.ts';
import { digestOf, type Market } from '../broker/market.ts';
import { storedAcks } from '../broker/stored-acks.ts';
import { requireWholeCommands } from '../broker/whole-commands.ts';
import {
  type Accepted,
  AcceptedSchema,
  CommandsBodySchema,
  CommandsHeadersSchema,
  CommandsQuerySchema,
} from './command-schemas.ts';
import { type ApiContext, type ApiServer, marketOf } from './context.ts';
import { packJsonCommands } from './json-commands.ts';
import { MarketParamsSchema } from './market-schemas.ts';
import { jsonAnswer, problems } from './route-answers.ts';

const PACKED_TYPE = 'application/octet-stream';
const NO_DIGEST = new Uint8Array(32);

interface Submission {
  readonly records: Uint8Array;
  readonly wantsAcks: boolean;
  readonly sealsAtOnce: boolean;
  /** Undefined without an Idempotency-Key. */
  readonly key: string | undefined;
}

/** Commands in: one route for a stream of them, one for whole batches. */
export function addCommandRoutes(server: ApiServer, context: ApiContext): void {
  server.addContentTypeParser(PACKED_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const routes = [
    { path: '/v1/markets/:marketId/commands', sealsAtOnce: false, summary: 'Submit commands' },
    {
      path: '/v1/markets/:marketId/batches',
      sealsAtOnce: true,
      summary: 'Submit commands as one batch, sealed at once',
    },
  ];
  for (const { path, sealsAtOnce, summary } of routes) {
    server.post(
      path,
      {
        config: { scope: 'submit' },
        schema: {
          tags: ['commands'],
          summary,
          params: MarketParamsSchema,
          querystring: CommandsQuerySchema,
          headers: CommandsHeadersSchema,
          body: {
            content: {
              'application/json': { schema: CommandsBodySchema },
              [PACKED_TYPE]: { schema: {} },
            },
          },
          response: {
            202: jsonAnswer(AcceptedSchema, 'The commands are durable; their acks.'),
            ...problems(404, 409, 413, 415, 503, 507),
          },
        },
      },
      async (request, reply) => {
        const startedMs = performance.now();
        const startMs = Date.now();
        const market = marketOf(context, request.params.marketId);
        const submission: Submission = {
          records: recordsOf(request),
          wantsAcks: request.query.acks !== 'none',
          sealsAtOnce,
          key: request.headers['idempotency-key'],
        };
        const count = requireWholeCommands(submission.records);
        context.keys.spend(request, count);
        const accepted = await submit(market, submission);
        context.metrics.acknowledged(request.params.marketId, count, performance.now() - startedMs);
        market.note(BigInt(accepted.batchNumber), {
          name: 'intake',
          startMs,
          endMs: Date.now(),
          attributes: { 'proofbook.commands': count, 'proofbook.first_command': accepted.firstCommandNumber },
        });
        return reply.code(202).send(accepted);
      },
    );
  }
}

function recordsOf({ body }: FastifyRequest): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body !== 'object' || body === null || !('commands' in body)) {
    throw new ProofbookError('REQUEST_MALFORMED', {
      field: 'body',
      value: 'absent',
      reason: 'expected commands',
    });
  }
  return packJsonCommands(body.commands as Parameters<typeof packJsonCommands>[0]);
}

async function submit(market: Market, submission: Submission): Promise<Accepted> {
  const { key, records } = submission;
  if (key === undefined) return intake(market, submission, NO_DIGEST, NO_DIGEST);
  const keyDigest = digestOf(key);
  const contentDigest = digestOf(records);
  const [keyHex, contentHex] = [hex(keyDigest), hex(contentDigest)];
  await market.keys.settle(keyHex, contentHex, key);
  const known = market.keys.find(keyHex, contentHex, key);
  if (known !== undefined) return replay(market, known, submission.wantsAcks);
  const accepting = intake(market, submission, keyDigest, contentDigest).then((accepted) => {
    const { firstCommandNumber, commandCount } = accepted;
    market.keys.add(keyHex, {
      contentDigest: contentHex,
      firstCommandNumber: BigInt(firstCommandNumber),
      commandCount,
    });
    return accepted;
  });
  market.keys.begin(keyHex, contentHex, accepting);
  return accepting;
}

async function intake(
  market: Market,
  { records, wantsAcks, sealsAtOnce }: Submission,
  keyDigest: Uint8Array,
  contentDigest: Uint8Array,
): Promise<Accepted> {
  market.requireRoom();
  const receipt = await market.intake.submit({ records, wantsAcks, sealsAtOnce, keyDigest, contentDigest });
  // Who asks for a batch wants to read it then; nothing of this can lose the commands any more.
  if (sealsAtOnce) await receipt.sealed;
  const { firstCommandNumber, commandCount, batchNumber, acks } = receipt;
  return acceptedBody(firstCommandNumber, commandCount, batchNumber, acks);
}

/** The answer that a request had before, from the store. */
async function replay(
  market: Market,
  {
    firstCommandNumber,
    commandCount,
  }: { readonly firstCommandNumber: bigint; readonly commandCount: number },
  wantsAcks: boolean,
): Promise<Accepted> {
  const { batchNumber, acks } = await storedAcks(market, firstCommandNumber, commandCount);
  return acceptedBody(firstCommandNumber, commandCount, batchNumber, wantsAcks ? acks : []);
}

function acceptedBody(
  firstCommandNumber: bigint,
  commandCount: number,
  batchNumber: bigint,
  acks: readonly CommandAck[],
): Accepted {
  return {
    firstCommandNumber: String(firstCommandNumber),
    commandCount,
    batchNumber: String(batchNumber),
    acks: acks.map(({ commandNumber, type, orderId, reason }) => ({
      commandNumber: String(commandNumber),
      type,
      orderId: String(orderId),
      ...(reason === 'none' ? {} : { reason }),
    })),
  };
}
