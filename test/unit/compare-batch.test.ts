import { describe, expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { compareBatch } from '../../queue/cli/compare-batch.ts';
import type { KeptRecords } from '../../queue/store/kept-records.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { MIXED_CONFIG, mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const order = { timeInForce: 'GTC', account: 1, clientOrderId: 7n, price: 100n, quantity: 5n } as const;
const stop = { timeInForce: 'GTC', account: 2, clientOrderId: 8n, price: 90n, quantity: 5n } as const;
const COMMANDS: readonly Command[] = [
  { kind: 'place', side: 'bid', ...order },
  { kind: 'place', side: 'bid', ...stop, triggerPrice: 95n, displayQuantity: 2n },
  { kind: 'place', side: 'ask', ...order, account: 3, timeInForce: 'IOC', quantity: 3n },
  { kind: 'cancel', account: 1, orderId: 4096n },
];

const sealOf = (commands: readonly Command[]): SealedBatch =>
  Engine.create(MIXED_CONFIG).applyBatch(encodeCommands(commands), 9n);
const replayOf = (commands: readonly Command[], timestampNs = 9n) =>
  Engine.create(MIXED_CONFIG).replayBatch(encodeCommands(commands), timestampNs);
const recorded = sealOf(COMMANDS);
const kept: KeptRecords = recorded;
const nothing: KeptRecords = { commands: undefined, transitions: undefined };

/** The four commands with one of them changed. */
const withCommand = (index: number, change: Partial<Command>): readonly Command[] =>
  COMMANDS.map((command, at) => (at === index ? ({ ...command, ...change } as Command) : command));

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}

describe('a replayed batch', () => {
  test('that is the recorded one passes, whatever is kept of it', () => {
    for (const records of [kept, nothing, { ...nothing, commands: kept.commands }]) {
      compareBatch(recorded.journal, replayOf(COMMANDS), records);
    }
  });

  test.each([
    [0, { quantity: 7n }, 0, 'record 0', 'quantity', 5n, 7n],
    [0, { account: 4 }, 0, 'record 0', 'account', 1n, 4n],
    [0, { clientOrderId: 1n }, 0, 'record 0', 'clientOrderId', 7n, 1n],
    [1, { triggerPrice: 96n }, 1, 'record 2', 'triggerPrice', 95n, 96n],
    [1, { displayQuantity: 3n }, 1, 'record 2', 'displayQuantity', 2n, 3n],
    [2, { timeInForce: 'FOK' }, 3, 'record 3', 'timeInForce', 1n, 2n],
    [3, { orderId: 4097n }, 4, 'record 4', 'orderId', 4096n, 4097n],
  ] as const)(
    'of another command %i with %o names command, record and field',
    (index, change, commandIndex, record, field, value, expected) => {
      const replayed = replayOf(withCommand(index, change));
      const details = { batchNumber: 1n, commandIndex, record, field, value, expected };
      const error = expectRefusal(
        () => compareBatch(recorded.journal, replayed, kept),
        'RECORD_DIVERGED',
        details,
      );
      expect(error.message).toBe(
        `batch 1, command ${commandIndex}: ${record}, field ${field}: recorded ${value}, replayed ${expected}`,
      );
      expectRefusal(() => compareBatch(recorded.journal, replayed, nothing), 'AUDIT_DIVERGED', {
        batchNumber: 1n,
        field: 'commandsRoot',
      });
    },
  );

  test('with a command less, or at another time, names that and no record', () => {
    const fewer = replayOf(COMMANDS.slice(0, 3));
    expectRefusal(() => compareBatch(recorded.journal, fewer, kept), 'AUDIT_DIVERGED', {
      field: 'commandCount',
      value: '5',
      expected: '4',
    });
    const later = replayOf(COMMANDS, 10n);
    expectRefusal(() => compareBatch(recorded.journal, later, kept), 'AUDIT_DIVERGED', {
      field: 'timestamp',
    });
  });

  test('of the same commands with another outcome names the transition: the receipt was of another book', () => {
    const other = Engine.create(MIXED_CONFIG);
    other.applyBatch(encodeCommands([{ kind: 'place', side: 'bid', ...order, account: 9 }]), 9n);
    const sealed = other.applyBatch(encodeCommands(COMMANDS), 9n);
    const own = Engine.create(MIXED_CONFIG);
    own.applyBatch(encodeCommands([{ kind: 'place', side: 'bid', ...order, account: 8 }]), 9n);
    const replayed = own.replayBatch(encodeCommands(COMMANDS), 9n);
    // The roots before the batch differ already, and come first.
    expectRefusal(() => compareBatch(sealed.journal, replayed, sealed), 'AUDIT_DIVERGED', {
      batchNumber: 2n,
      field: 'preStateRoot',
    });
    const journal = sealed.journal.slice();
    journal.set(replayed.journal.subarray(96, 128), 96);
    expectRefusal(() => compareBatch(journal, replayed, sealed), 'RECORD_DIVERGED', {
      batchNumber: 2n,
      commandIndex: 3,
      field: 'makerAccount',
      value: 9n,
      expected: 8n,
    });
  });
});

describe('kept records that were altered', () => {
  const replayed = replayOf(COMMANDS);
  const fill = decodeTransitions(recorded.transitions).findIndex(({ type }) => type === 'filled');

  test.each([
    [0, 'type', 2n],
    [2, 'reason', 0n],
    [24, 'makerOrderId', 4096n],
    [40, 'quantity', 3n],
    [48, 'remaining', 0n],
    [56, 'makerAccount', 1n],
    [60, 'commandIndex', 3n],
  ] as const)('are told by byte %i of a fill: field %s', (at, field, expected) => {
    const transitions = flipped(recorded.transitions, fill * 64 + at);
    const error = expectRefusal(
      () => compareBatch(recorded.journal, replayed, { ...kept, transitions }),
      'RECORD_DIVERGED',
      { batchNumber: 1n, commandIndex: 3, record: `transition ${fill}`, field, expected },
    );
    expect(error.message).toContain(`batch 1, command 3: transition ${fill}, field ${field}: recorded`);
  });

  test('are told by the fields that only some transitions have', () => {
    const types = decodeTransitions(recorded.transitions).map(({ type }) => type);
    const transitions = flipped(recorded.transitions, types.indexOf('terms') * 64 + 32);
    const found = { field: 'triggerPrice', value: 94n, expected: 95n, commandIndex: 1 };
    expectRefusal(
      () => compareBatch(recorded.journal, replayed, { ...kept, transitions }),
      'RECORD_DIVERGED',
      found,
    );
  });

  test('or cut, or longer, are told by their length', () => {
    for (const field of ['commands', 'transitions'] as const) {
      for (const records of [
        kept[field]?.subarray(0, -1),
        Buffer.concat([kept[field] ?? new Uint8Array(0), new Uint8Array(1)]),
      ]) {
        const refusal = () => compareBatch(recorded.journal, replayed, { ...kept, [field]: records });
        expectRefusal(refusal, 'AUDIT_DIVERGED', {
          field: `bytes of kept ${field}`,
          value: records?.length ?? 0,
        });
      }
    }
  });

  test('are found in any byte of any record of a long history', () => {
    const engine = Engine.create(MIXED_CONFIG);
    for (const [index, { commands, timestampNs, sealed }] of mixedHistory(BigInt(SEED), 12, 40).entries()) {
      const again = engine.replayBatch(commands, timestampNs);
      compareBatch(sealed.journal, again, sealed);
      for (let at = index; at < sealed.transitions.length; at += 13) {
        const transitions = flipped(sealed.transitions, at);
        const record = `transition ${Math.floor(at / 64)}`;
        expectRefusal(
          () => compareBatch(sealed.journal, again, { ...sealed, transitions }),
          'RECORD_DIVERGED',
          { record },
        );
      }
      for (let at = index; at < commands.length; at += 7) {
        const altered = { ...sealed, commands: flipped(commands, at) };
        const record = `record ${Math.floor(at / 32)}`;
        expectRefusal(() => compareBatch(sealed.journal, again, altered), 'RECORD_DIVERGED', { record });
      }
    }
  });
});
