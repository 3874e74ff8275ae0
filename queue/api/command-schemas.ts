import { type Static, Type } from '@sinclair/typebox';
import { BATCH_COMMANDS_MAX } from '../../engine/command.ts';
import {
  MARKET_STATE_CODES,
  SELF_TRADE_CODES,
  SIDE_CODES,
  SIDES_CODES,
  TIME_IN_FORCE_CODES,
} from '../../engine/protocol-codes.ts';
import { CLOSED, U64 } from './value-schemas.ts';

function nameIn<Name extends string>(codes: Readonly<Record<Name, number>>) {
  return Type.Unsafe<Name>({ type: 'string', enum: Object.keys(codes) });
}

const Account = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });

const OrderFields = {
  timeInForce: nameIn(TIME_IN_FORCE_CODES),
  postOnly: Type.Optional(Type.Boolean()),
  slide: Type.Optional(Type.Boolean()),
  selfTradeMode: Type.Optional(nameIn(SELF_TRADE_CODES)),
  account: Account,
  price: U64,
  quantity: U64,
  displayQuantity: Type.Optional(U64),
  triggerPrice: Type.Optional(U64),
  expiry: Type.Optional(U64),
} as const;

/** Every kind of command, its u64 fields as digits (engine/command.ts says what they mean). */
export const COMMAND_SCHEMAS = {
  place: Type.Object(
    {
      kind: Type.Literal('place'),
      side: nameIn(SIDE_CODES),
      market: Type.Optional(Type.Boolean()),
      clientOrderId: U64,
      ...OrderFields,
    },
    CLOSED,
  ),
  replace: Type.Object(
    {
      kind: Type.Literal('replace'),
      orderId: U64,
      replacementClientOrderId: Type.Optional(U64),
      ...OrderFields,
    },
    CLOSED,
  ),
  cancel: Type.Object({ kind: Type.Literal('cancel'), account: Account, orderId: U64 }, CLOSED),
  reduce: Type.Object(
    { kind: Type.Literal('reduce'), account: Account, orderId: U64, quantity: U64 },
    CLOSED,
  ),
  cancelAll: Type.Object(
    { kind: Type.Literal('cancelAll'), account: Account, side: nameIn(SIDES_CODES) },
    CLOSED,
  ),
  setMarketState: Type.Object(
    { kind: Type.Literal('setMarketState'), account: Account, marketState: nameIn(MARKET_STATE_CODES) },
    CLOSED,
  ),
  sweep: Type.Object({ kind: Type.Literal('sweep'), account: Account }, CLOSED),
} as const;

// `oneOf` with a discriminator: what is wrong is told about the kind that was meant, not about all of them.
const CommandSchema = Type.Unsafe<JsonCommand>({
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: Object.values(COMMAND_SCHEMAS),
});
export type JsonCommand = Static<(typeof COMMAND_SCHEMAS)[keyof typeof COMMAND_SCHEMAS]>;

export const CommandsBodySchema = Type.Object(
  { commands: Type.Array(CommandSchema, { minItems: 1, maxItems: BATCH_COMMANDS_MAX }) },
  { ...CLOSED, description: 'Commands in order.' },
);

export const AckSchema = Type.Object(
  {
    commandNumber: Type.String({
      description: "Number of the command's first record in the market's history.",
    }),
    type: Type.String({ description: 'Type of the transition that answers the command (protocol §5).' }),
    orderId: U64,
    reason: Type.Optional(Type.String({ description: 'Why, where the transition has a reason.' })),
  },
  CLOSED,
);

export const AcceptedSchema = Type.Object(
  {
    firstCommandNumber: U64,
    commandCount: Type.Integer({ minimum: 1, description: 'Records: an extended command has two.' }),
    batchNumber: U64,
    acks: Type.Array(AckSchema),
  },
  { ...CLOSED, description: 'The commands are on the disk.' },
);
export type Accepted = Static<typeof AcceptedSchema>;

export const CommandsQuerySchema = Type.Object(
  { acks: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('none')])) },
  CLOSED,
);

export const CommandsHeadersSchema = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The same key with the same commands is answered once.',
    }),
  ),
});
