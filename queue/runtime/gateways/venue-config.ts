import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import type { MarketConfig } from '../../../engine/market-config.ts';
import { messageOf } from '../../../engine/message-of.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { requireShape } from '../../../prover/sdk/shape.ts';

const U32_MAX = 2 ** 32 - 1;
const Digits = Type.String({ pattern: '^\\d{1,20}$' });
const Account = Type.Integer({ minimum: 0, maximum: U32_MAX });
const CompId = Type.String({ pattern: '^[!-~]{1,64}$' });
const closed = { additionalProperties: false };
const Address = {
  host: Type.String({ minLength: 1 }),
  /** 0 takes a free one. */
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
};

const ConfigSchema = Type.Object(
  {
    market: Type.Object(
      {
        marketId: Digits,
        tickSize: Digits,
        lotSize: Digits,
        priceDecimals: Type.Integer({ minimum: 0, maximum: 18 }),
        quantityDecimals: Type.Integer({ minimum: 0, maximum: 18 }),
        operatorAccount: Account,
      },
      closed,
    ),
    geometry: Type.Union([Type.Literal('circuit'), Type.Literal('deep')]),
    policy: Type.Union([Type.Literal('spin'), Type.Literal('yield'), Type.Literal('park')]),
    standby: Type.Boolean(),
    /** A file that is not there yet, in a directory that is. */
    journalPath: Type.String({ minLength: 1 }),
    telemetryPath: Type.Optional(Type.String({ minLength: 1 })),
    keys: Type.Array(
      Type.Object({ account: Account, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, closed),
    ),
    binary: Type.Optional(
      Type.Object({ ...Address, sessionsMax: Type.Integer({ minimum: 32, maximum: 4096 }) }, closed),
    ),
    fix: Type.Optional(
      Type.Object(
        {
          ...Address,
          connectionsMax: Type.Integer({ minimum: 1, maximum: 4096 }),
          compId: CompId,
          symbol: Type.String({ pattern: '^[!-~]{1,32}$' }),
          clients: Type.Array(
            Type.Object(
              {
                compId: CompId,
                account: Account,
                selfTradeMode: Type.Union([
                  Type.Literal('none'),
                  Type.Literal('cancelTaker'),
                  Type.Literal('cancelMaker'),
                  Type.Literal('cancelBoth'),
                  Type.Literal('decrement'),
                ]),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** What a venue is run with: one engine and the gateways in front of it (docs/gateways.md has an example). */
export interface VenueConfig extends Omit<Static<typeof ConfigSchema>, 'market'> {
  readonly market: MarketConfig;
}

/** Reads a gateway file. @throws FILE_UNREADABLE, GATEWAY_CONFIG_MALFORMED naming the field and its value */
export function readVenueConfig(path: string): VenueConfig {
  const config = requireShape(ConfigSchema, parse(path), ({ path: field, value, reason }) =>
    malformed(path, field === '' ? 'file' : field, value, reason),
  );
  const { marketId, tickSize, lotSize } = config.market;
  const market = {
    ...config.market,
    marketId: BigInt(marketId),
    tickSize: BigInt(tickSize),
    lotSize: BigInt(lotSize),
  };
  return { ...config, market };
}

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ProofbookError('FILE_UNREADABLE', { path, reason: messageOf(error) }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path, 'file', JSON.stringify(text.slice(0, 40)), 'is not JSON');
  }
}

function malformed(path: string, field: string, value: string, reason: string): ProofbookError {
  return new ProofbookError('GATEWAY_CONFIG_MALFORMED', { path, field, value, reason });
}
