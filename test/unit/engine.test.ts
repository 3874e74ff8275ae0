import { describe, expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { decodeTransitions } from '../../engine/transition.ts';

function limit(side: 'bid' | 'ask', price: bigint, quantity: bigint, clientOrderId = 0n): Command {
  return { kind: 'place', side, timeInForce: 'GTC', account: 7, clientOrderId, price, quantity };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isProofbookError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

/** A book with a few levels, several orders a level, and one batch of history. */
function smallBook(): Engine {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const commands = Array.from({ length: 40 }, (_, index) =>
    limit(
      index % 2 === 0 ? 'bid' : 'ask',
      index % 2 === 0 ? 90n + BigInt(index % 5) : 100n + BigInt(index % 7),
      3n,
    ),
  );
  engine.applyBatch(encodeCommands(commands), 10n);
  return engine;
}

describe('a new engine', () => {
  test('begins at the genesis root', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    expect(engine.stateRoot()).toEqual(GENESIS_STATE_ROOT);
    expect([engine.sequence(), engine.batchNumber(), engine.timestamp()]).toEqual([0n, 0n, 0n]);
  });

  test('refuses a market that it cannot run, naming the field', () => {
    expect(codeOf(() => Engine.create({ ...DEFAULT_MARKET_CONFIG, tickSize: 0n }))).toBe(
      'INVALID_FIELD: tickSize is 0: expected 1 or more',
    );
    expect(codeOf(() => Engine.create({ ...DEFAULT_MARKET_CONFIG, priceDecimals: 19 }))).toBe(
      'INVALID_FIELD: priceDecimals is 19: expected 0 .. 18',
    );
  });
});

describe('applyBatch', () => {
  test('fills at the price of the maker and reports the levels that remain', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    const sealed = engine.applyBatch(encodeCommands([limit('bid', 100n, 10n), limit('ask', 98n, 4n)]), 1n);
    const [, , fill] = decodeTransitions(sealed.transitions);
    expect(fill).toMatchObject({ type: 'filled', price: 100n, quantity: 4n, remaining: 0n, commandIndex: 1 });
    expect(engine.levels('bid')).toEqual([{ price: 100n, volumeLots: 6n, displayedLots: 6n, orderCount: 1 }]);
    expect(engine.levels('ask')).toEqual([]);
  });

  test('refuses what is no batch and leaves the state as it was', () => {
    const engine = smallBook();
    const root = engine.stateRoot();
    const one = encodeCommands([limit('bid', 1n, 1n)]);
    expect(codeOf(() => engine.applyBatch(new Uint8Array(0), 11n))).toMatch(/^EMPTY_BATCH/);
    expect(codeOf(() => engine.applyBatch(new Uint8Array(33), 11n))).toMatch(
      /^INVALID_LENGTH: commands has 33 bytes/,
    );
    expect(codeOf(() => engine.applyBatch(new Uint8Array(1025 * 32), 11n))).toMatch(
      /^BATCH_TOO_LARGE.* 1025/,
    );
    expect(codeOf(() => engine.applyBatch(one, 9n))).toBe(
      'TIMESTAMP_REGRESSED: timestamp is 9: the last batch was at 10',
    );
    expect(codeOf(() => engine.applyBatch(one, 1n << 64n))).toMatch(/^INVALID_FIELD: timestamp/);
    expect(engine.stateRoot()).toEqual(root);
    expect(engine.batchNumber()).toBe(1n);
  });

  test('takes only the commands whose transitions are sure to fit', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    for (let batch = 0n; batch < 4n; batch++) {
      engine.applyBatch(encodeCommands(Array.from({ length: 1000 }, () => limit('ask', 100n, 1n))), batch);
    }
    // Each of these meets 64 makers: 66 transitions with Accepted and Canceled, until one does not find 323 free (protocol §4).
    const takers = encodeCommands(Array.from({ length: 100 }, () => limit('bid', 100n, 1000n)));
    const sealed = engine.applyBatch(takers, 5n);
    const transitions = decodeTransitions(sealed.transitions);
    expect(transitions.length).toBeGreaterThan(4096 - 323);
    expect(transitions.length).toBeLessThanOrEqual(4096);
    expect(sealed.commands.length).toBeLessThan(takers.length);
    expect(transitions.at(-1)?.commandIndex).toBe(sealed.commands.length / 32 - 1);
  });
});

describe('snapshots', () => {
  test('restore the same state and go on in the same way', () => {
    const engine = smallBook();
    const restored = Engine.restore(engine.snapshot());
    expect(restored.stateRoot()).toEqual(engine.stateRoot());
    const next = encodeCommands([limit('bid', 103n, 20n), limit('ask', 91n, 20n)]);
    expect(restored.applyBatch(next, 11n)).toEqual(engine.applyBatch(next, 11n));
    expect(restored.snapshot()).toEqual(engine.snapshot());
  });

  test('are refused shortened or extended', () => {
    const snapshot = smallBook().snapshot();
    for (const length of [0, 8, 500, snapshot.length - 8, snapshot.length - 1]) {
      expect(
        codeOf(() => Engine.restore(snapshot.slice(0, length))),
        `length ${length}`,
      ).toMatch(/^SNAPSHOT_REFUSED/);
    }
    const extended = new Uint8Array(snapshot.length + 8);
    extended.set(snapshot);
    expect(codeOf(() => Engine.restore(extended))).toMatch(/^SNAPSHOT_REFUSED/);
  });
});

test('an untouched level is opaque in the witness, and the outcome is the same', () => {
  const engine = smallBook();
  const full = engine.snapshot().length;
  const sealed = engine.applyBatch(encodeCommands([limit('bid', 50n, 1n)]), 11n);
  expect(sealed.witness.length).toBeLessThan(full);
  const guest = instantiateEngine();
  new Uint8Array(guest.memory.buffer, guest.inputPointer(), sealed.witness.length).set(sealed.witness);
  expect(guest.proveBatch(sealed.witness.length)).toBe(0);
});
