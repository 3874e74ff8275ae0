import { type Static, Type } from '@sinclair/typebox';
import { CLOSED, DigestHex, U64 } from './value-schemas.ts';

const Decimals = Type.Integer({ minimum: 0, maximum: 18 });
const Account = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });

export const MarketConfigSchema = Type.Object(
  {
    tickSize: U64,
    lotSize: U64,
    priceDecimals: Decimals,
    quantityDecimals: Decimals,
    operatorAccount: Account,
  },
  { ...CLOSED, description: 'What the market is (protocol §2).' },
);

export const NewMarketSchema = Type.Object(
  { marketId: U64, ...Type.Partial(MarketConfigSchema).properties },
  { ...CLOSED, description: 'Cents and whole lots, run by account 0, unless said otherwise.' },
);

export const MarketSchema = Type.Object(
  {
    marketId: U64,
    config: MarketConfigSchema,
    batchNumber: Type.String({
      description: 'The last batch that is sealed and stored; 0 before the first.',
    }),
    stateRoot: DigestHex,
    sequence: Type.String({ description: 'Of the last transition; commands of the open batch included.' }),
    highestProvenBatch: Type.String({
      description: 'Every batch up to this one is proven; 0 before the first.',
    }),
  },
  CLOSED,
);
export type MarketBody = Static<typeof MarketSchema>;

export const MarketListSchema = Type.Object({ markets: Type.Array(MarketSchema) }, CLOSED);

export const MarketParamsSchema = Type.Object({ marketId: U64 }, CLOSED);
