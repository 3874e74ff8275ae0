import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { type ReplayBatch, replayJournals } from '../../engine/replay.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { MIXED_CONFIG, mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const GENESIS = { config: MIXED_CONFIG };
const steps = mixedHistory(BigInt(SEED) + 31n, 40, 60);
const log: readonly ReplayBatch[] = steps.map(({ commands, timestampNs, sealed: { journal } }) => ({
  commands,
  timestampNs,
  journal,
}));

describe('a replay of journals alone', () => {
  test('gives journals, commands and transitions as a whole one does, and ends in the same state', () => {
    const replayed = replayJournals(GENESIS, log);
    for (const { sealed } of steps) {
      const { value, done } = replayed.next();
      if (done === true) throw new Error('the log is longer');
      expect(value.journal).toEqual(sealed.journal);
      expect(value.commands).toEqual(sealed.commands);
      expect(value.transitions()).toEqual(sealed.transitions);
    }
    const { value: engine, done } = replayed.next();
    if (done !== true) throw new Error('the log ends here');
    expect(Buffer.compare(engine.snapshot(), steps.at(-1)?.snapshot ?? new Uint8Array())).toBe(0);
  });

  test('notices every byte of a journal that is another', () => {
    const [first] = log;
    if (first?.journal === undefined) throw new Error('the log has a batch');
    for (let at = 8; at < 224; at++) {
      if (at >= 56 && at < 64) continue;
      const journal = first.journal.with(at, (first.journal[at] ?? 0) ^ 1);
      const codes = [...codesOf([{ ...first, journal }])];
      expect(codes, `byte ${at}`).toHaveLength(1);
    }
  });

  test('notices a batch that no engine took whole', () => {
    const place = { kind: 'place', side: 'bid', timeInForce: 'GTC', account: 1, clientOrderId: 0n } as const;
    const rest = Array.from({ length: 1000 }, () => ({ ...place, price: 50n, quantity: 1n }));
    const takers = rest.slice(0, 100).map((order) => ({ ...order, side: 'ask' as const, quantity: 100n }));
    const batches = [...Array.from({ length: 4 }, () => rest), takers].map((commands) => ({
      commands: encodeCommands(commands),
      timestampNs: 1n,
    }));
    expectRefusal(() => [...replayJournals(GENESIS, batches)], 'AUDIT_DIVERGED', {
      batchNumber: 5n,
      field: 'commandCount of the log',
      value: 100,
    });
  });
});

describe('an engine that replays', () => {
  test('makes the same witness and snapshot when it seals again, wherever it begins to', () => {
    for (const from of [0, 1, 7, 39]) {
      const engine = Engine.create(MIXED_CONFIG);
      for (const [index, { commands, timestampNs, sealed, snapshot }] of steps.entries()) {
        if (index < from) {
          engine.replayBatch(commands, timestampNs);
          if (index % 3 === 0) expect(Buffer.compare(engine.snapshot(), snapshot)).toBe(0);
        } else expect(engine.applyBatch(commands, timestampNs)).toEqual(sealed);
      }
    }
  });

  test('takes as much of a batch as the other way does', () => {
    const engines = [Engine.create(DEFAULT_MARKET_CONFIG), Engine.create(DEFAULT_MARKET_CONFIG)] as const;
    const place = { kind: 'place', side: 'bid', timeInForce: 'GTC', account: 1, clientOrderId: 0n } as const;
    const rest = encodeCommands(Array.from({ length: 1000 }, () => ({ ...place, price: 50n, quantity: 1n })));
    const taker = { ...place, side: 'ask', price: 50n, quantity: 100n } as const;
    const takers = encodeCommands(Array.from({ length: 100 }, () => taker));
    for (const commands of [rest, rest, rest, rest, takers]) {
      const sealed = engines[0].applyBatch(commands, 1n);
      const replayed = engines[1].replayBatch(commands, 1n);
      expect(replayed.commands).toEqual(sealed.commands);
      expect(replayed.journal).toEqual(sealed.journal);
    }
    expect(engines[1].snapshot()).toEqual(engines[0].snapshot());
  });

  test('refuses what the other way refuses', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    const one = encodeCommands([{ kind: 'sweep', account: 1 }]);
    engine.replayBatch(one, 5n);
    expectRefusal(() => engine.replayBatch(new Uint8Array(0), 5n), 'EMPTY_BATCH');
    expectRefusal(() => engine.replayBatch(new Uint8Array(1025 * 32), 5n), 'BATCH_TOO_LARGE');
    expectRefusal(() => engine.replayBatch(new Uint8Array(33), 5n), 'INVALID_LENGTH');
    expectRefusal(() => engine.replayBatch(one, -1n), 'INVALID_FIELD', { field: 'timestamp' });
    expectRefusal(() => engine.replayBatch(one, 4n), 'TIMESTAMP_REGRESSED', { value: 4n, previous: 5n });
    expect(engine.batchNumber()).toBe(1n);
  });
});

function* codesOf(batches: readonly ReplayBatch[]): Generator<string> {
  try {
    for (const _ of replayJournals(GENESIS, batches));
  } catch (error) {
    yield error instanceof Error ? error.message : String(error);
  }
}
