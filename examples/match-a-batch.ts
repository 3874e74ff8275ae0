// Matches one batch of three commands and reads what came of it: transitions, the book, the journal.
import {
  DEFAULT_MARKET_CONFIG,
  decodeJournal,
  decodeTransitions,
  Engine,
  encodeCommands,
} from 'proofbook/engine';

const engine = Engine.create(DEFAULT_MARKET_CONFIG);
const batch = engine.applyBatch(
  encodeCommands([
    {
      kind: 'place',
      side: 'bid',
      timeInForce: 'GTC',
      account: 1,
      clientOrderId: 1n,
      price: 10_000n,
      quantity: 5n,
    },
    {
      kind: 'place',
      side: 'bid',
      timeInForce: 'GTC',
      account: 2,
      clientOrderId: 2n,
      price: 9_990n,
      quantity: 4n,
    },
    {
      kind: 'place',
      side: 'ask',
      timeInForce: 'IOC',
      account: 3,
      clientOrderId: 3n,
      price: 9_990n,
      quantity: 7n,
    },
  ]),
  1_700_000_000_000_000_000n,
);

for (const { type, orderId, price, quantity, remaining } of decodeTransitions(batch.transitions)) {
  console.log(`${type}: order ${orderId}, ${quantity} lots at ${price} ticks, ${remaining} remaining`);
}
for (const { price, volumeLots, orderCount } of engine.levels('bid')) {
  console.log(`bid: ${volumeLots} lots of ${orderCount} order at ${price} ticks`);
}
const { batchNumber, commandCount, transitionCount } = decodeJournal(batch.journal);
console.log(`batch ${batchNumber}: ${commandCount} commands, ${transitionCount} transitions`);
