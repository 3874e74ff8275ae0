import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCommands } from '../../engine/decode-commands.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { arbitraryRecords } from '../support/arbitrary-commands.ts';
import { SEED } from '../support/seed.ts';

/** Reasons that depend on nothing but the command (protocol §3), in a market of one tick and one lot. */
const OF_THE_COMMAND = new Set([
  'unknownKind',
  'missingExtension',
  'reservedBits',
  'invalidSide',
  'invalidTimeInForce',
  'invalidCombination',
  'invalidPrice',
  'invalidQuantity',
  'invalidDisplay',
  'invalidTrigger',
  'invalidMarketState',
]);

test('the engine rejects exactly what cannot be decoded, and for the reason that decoding names', () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(
      arbitraryRecords.filter(({ length }) => length > 0),
      (records) => {
        const sealed = Engine.create(DEFAULT_MARKET_CONFIG).applyBatch(records, 5n);
        // Stops that are due before a command stand under its index, too.
        const rejections = decodeTransitions(sealed.transitions).filter(({ type }) => type === 'rejected');
        for (const { index, command } of decodeCommands(records)) {
          const own = rejections.filter(({ commandIndex }) => commandIndex === index);
          if (command.kind === 'invalid') {
            met.add(command.reason);
            expect(own).toHaveLength(1);
            expect(own[0]).toMatchObject({ reason: command.reason, account: command.account });
          } else {
            for (const { reason } of own) expect(OF_THE_COMMAND).not.toContain(reason);
          }
        }
      },
    ),
    { seed: SEED, numRuns: 3000 },
  );
  expect([...met].toSorted()).toEqual([...OF_THE_COMMAND].toSorted());
});
