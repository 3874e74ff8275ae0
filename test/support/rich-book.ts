import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';

const CONFIG: MarketConfig = { ...DEFAULT_MARKET_CONFIG, operatorAccount: 9 };
const PLACE = { kind: 'place', timeInForce: 'GTC', account: 3, clientOrderId: 70n, quantity: 5n } as const;

/** Levels of several orders on both sides, icebergs, expiries, waiting stops of each kind, and a last trade between their triggers. */
const COMMANDS: readonly Command[] = [
  { ...PLACE, side: 'bid', price: 96n, account: 4 },
  { ...PLACE, side: 'bid', price: 97n, displayQuantity: 2n },
  { ...PLACE, side: 'bid', price: 98n },
  { ...PLACE, side: 'bid', price: 98n, account: 5, clientOrderId: 71n },
  { ...PLACE, side: 'bid', price: 98n, displayQuantity: 2n, quantity: 9n },
  { ...PLACE, side: 'ask', price: 103n, timeInForce: 'GTD', expiry: 1_000n },
  { ...PLACE, side: 'ask', price: 103n, quantity: 7n },
  { ...PLACE, side: 'ask', price: 104n, displayQuantity: 3n },
  { ...PLACE, side: 'ask', price: 105n, account: 6 },
  { ...PLACE, side: 'bid', price: 103n, timeInForce: 'IOC', quantity: 2n },
  { ...PLACE, side: 'bid', price: 107n, triggerPrice: 106n, displayQuantity: 3n },
  { ...PLACE, side: 'bid', price: 107n, triggerPrice: 108n, timeInForce: 'GTD', expiry: 2_000n },
  { ...PLACE, side: 'ask', price: 0n, market: true, triggerPrice: 95n, selfTradeMode: 'decrement' },
  { ...PLACE, side: 'ask', price: 94n, timeInForce: 'IOC', triggerPrice: 94n },
];

/** A book with one of everything that a state image can hold. */
export function richBook(): Engine {
  const engine = Engine.create(CONFIG);
  engine.applyBatch(encodeCommands(COMMANDS), 7n);
  return engine;
}

/** A batch that uses levels of both sides and the stop book. */
export const NEXT_BATCH: Uint8Array = encodeCommands([
  { ...PLACE, side: 'ask', price: 98n, quantity: 6n, timeInForce: 'IOC' },
  { ...PLACE, side: 'bid', price: 106n, quantity: 14n, account: 8 },
  { kind: 'cancelAll', account: 4, side: 'both' },
]);
export const NEXT_TIMESTAMP = 8n;
