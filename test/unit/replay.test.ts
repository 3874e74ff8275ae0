import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import type { Engine, SealedBatch } from '../../engine/engine.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { type ReplayBatch, type ReplayStart, replay } from '../../engine/replay.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { Random } from '../model/random.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { type HistoryStep, MIXED_CONFIG, mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const GENESIS: ReplayStart = { config: MIXED_CONFIG };
const BATCHES = 40;

/** Replays to the end: what every batch gave, and the engine after the last. */
function run(start: ReplayStart, batches: Iterable<ReplayBatch>): { sealed: SealedBatch[]; engine: Engine } {
  const steps = replay(start, batches);
  const sealed: SealedBatch[] = [];
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { sealed, engine: step.value };
    sealed.push(step.value);
  }
}

const logOf = (steps: readonly HistoryStep[]): ReplayBatch[] =>
  steps.map(({ commands, timestampNs, sealed }, index) => ({
    commands,
    timestampNs,
    batchNumber: BigInt(index + 1),
    journal: sealed.journal,
  }));

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** The error code that a replay ends with, or undefined for none. */
function refusalOf(start: ReplayStart, batches: Iterable<ReplayBatch>): string | undefined {
  try {
    run(start, batches);
  } catch (error) {
    if (isProofbookError(error)) return error.code;
    throw error;
  }
  return undefined;
}

const histories = [0n, 1n, 2n].map((more) => ({
  seed: BigInt(SEED) + more,
  steps: mixedHistory(BigInt(SEED) + more, BATCHES, 60),
}));
const [{ steps } = { steps: [] }] = histories;
const log = logOf(steps);
const snapshotAt = (batch: number): Uint8Array => {
  const step = steps[batch - 1];
  if (step === undefined) throw new Error(`the history has no batch ${batch}`);
  return step.snapshot;
};

test('the histories have every transition there is, but for evictions, and every state of the stop book', () => {
  const all = histories.flatMap((history) => history.steps);
  const types = new Set(
    all.flatMap(({ sealed }) => decodeTransitions(sealed.transitions)).map(({ type }) => type),
  );
  expect([...types].toSorted()).toEqual([
    'accepted',
    'canceled',
    'expired',
    'filled',
    'marketStateChanged',
    'reduced',
    'rejected',
    'replaced',
    'terms',
    'triggered',
  ]);
  const stopCounts = all.map(({ snapshot }) => new DataView(snapshot.buffer).getBigUint64(256 + 16, true));
  expect(stopCounts.some((count) => count === 0n)).toBe(true);
  expect(stopCounts.some((count) => count > 5n)).toBe(true);
});

describe('a replay', () => {
  test.each(histories)('from genesis gives every byte again, seed $seed', ({ steps: own }) => {
    const { sealed, engine } = run(GENESIS, logOf(own));
    expect(sealed).toEqual(own.map((step) => step.sealed));
    expect(Buffer.compare(engine.snapshot(), own.at(-1)?.snapshot ?? new Uint8Array())).toBe(0);
  });

  test.each(histories)(
    'from the snapshot of any batch gives what genesis gives, seed $seed',
    ({ steps: own }) => {
      const whole = logOf(own);
      const last = own.at(-1);
      own.forEach(({ snapshot }, index) => {
        const { sealed, engine } = run({ snapshot }, whole.slice(index + 1));
        sealed.forEach(({ journal, transitions, witness }, later) => {
          const expected = own[index + 1 + later]?.sealed;
          const parts = [journal, transitions, witness].map((part) => Buffer.from(part).toString('hex'));
          const wanted = [expected?.journal, expected?.transitions, expected?.witness];
          expect(parts, `from batch ${index + 1}`).toEqual(
            wanted.map((part) => Buffer.from(part ?? []).toString('hex')),
          );
        });
        expect(Buffer.from(engine.snapshot()).equals(last?.snapshot ?? new Uint8Array())).toBe(true);
        expect(Buffer.from(engine.stateRoot())).toEqual(
          Buffer.from(last?.sealed.journal.subarray(128, 160) ?? []),
        );
      });
    },
  );

  test('of nothing is the start itself', () => {
    expect(run(GENESIS, []).engine.batchNumber()).toBe(0n);
    const { sealed, engine } = run({ snapshot: snapshotAt(7) }, []);
    expect(sealed).toEqual([]);
    expect(Buffer.from(engine.snapshot()).equals(snapshotAt(7))).toBe(true);
  });

  test('asks for one batch at a time', () => {
    const asked: number[] = [];
    const batches = function* (): Generator<ReplayBatch> {
      for (const [index, batch] of log.entries()) {
        asked.push(index);
        yield batch;
      }
    };
    const replayed = replay(GENESIS, batches());
    replayed.next();
    replayed.next();
    expect(asked).toEqual([0, 1]);
  });
});

describe('a replay notices', () => {
  test('a tail that does not follow its snapshot', () => {
    expectRefusal(() => run({ snapshot: snapshotAt(5) }, log.slice(6)), 'AUDIT_DIVERGED', {
      batchNumber: 6n,
      field: 'batchNumber of the log',
      value: 7n,
      expected: 6n,
    });
  });

  test('a batch that no engine took whole', () => {
    // Each meets nobody and is accepted: 2 transitions a command, so the batch has room for all; 1,024 cancels of 64 orders have not.
    const place = { kind: 'place', side: 'bid', timeInForce: 'GTC', account: 1, clientOrderId: 0n } as const;
    const rest = Array.from({ length: 1000 }, () => ({ ...place, price: 50n, quantity: 1n }));
    const takers = Array.from({ length: 100 }, () => ({
      ...place,
      side: 'ask' as const,
      price: 50n,
      quantity: 100n,
    }));
    const batches = [...Array.from({ length: 4 }, () => rest), takers].map((commands) => ({
      commands: encodeCommands(commands),
      timestampNs: 1n,
    }));
    const error = expectRefusal(() => run(GENESIS, batches), 'AUDIT_DIVERGED', {
      batchNumber: 5n,
      field: 'commandCount of the log',
      value: 100,
    });
    expect(error.details.expected).toBeLessThan(100);
  });

  test('another journal, naming the first field that differs, and a journal that is none', () => {
    const altered = (bit: number): ReplayBatch[] =>
      log.map((batch, index) =>
        index === 3 ? { ...batch, journal: flipped(batch.journal ?? new Uint8Array(), bit) } : batch,
      );
    for (const [offset, field] of [
      [8, 'marketId'],
      [16, 'batchNumber'],
      [48, 'timestamp'],
      [64, 'configDigest'],
      [96, 'preStateRoot'],
      [128, 'postStateRoot'],
      [160, 'commandsRoot'],
      [192, 'transitionsRoot'],
    ] as const) {
      expectRefusal(() => run(GENESIS, altered(offset * 8 + 8)), 'AUDIT_DIVERGED', {
        batchNumber: 4n,
        field,
      });
    }
    expectRefusal(() => run(GENESIS, altered(0)), 'JOURNAL_MALFORMED', { field: 'magic' });
  });

  test('any flipped bit of any journal', () => {
    const random = new Random(BigInt(SEED) + 21n);
    for (let bit = 0; bit < 256 * 8; bit++) {
      const at = random.below(log.length);
      const start = at === 0 ? GENESIS : { snapshot: snapshotAt(at) };
      const [batch] = log.slice(at, at + 1);
      if (batch?.journal === undefined) throw new Error('the log has journals');
      const journal = flipped(batch.journal, bit);
      expect(refusalOf(start, [{ ...batch, journal }]), `bit ${bit}`).toMatch(
        /^(AUDIT_DIVERGED|JOURNAL_MALFORMED)$/,
      );
    }
  });

  test('any flipped bit of the commands of a small batch', () => {
    const at = log.findIndex(({ commands }, index) => index > 9 && commands.length <= 8 * 32);
    const { batch, start } = { batch: log[at], start: { snapshot: snapshotAt(at) } };
    if (batch === undefined) throw new Error('the history has a small batch');
    expect(refusalOf(start, [batch])).toBeUndefined();
    for (let bit = 0; bit < batch.commands.length * 8; bit++) {
      const commands = flipped(batch.commands, bit);
      expect(refusalOf(start, [{ ...batch, commands }]), `bit ${bit}`).toBe('AUDIT_DIVERGED');
    }
  });

  test('any flipped bit of a timestamp, and random bits of large batches', () => {
    const random = new Random(BigInt(SEED) + 22n);
    for (let bit = 0; bit < 64; bit++) {
      const [batch] = log.slice(10, 11);
      if (batch === undefined) throw new Error('the history has 11 batches');
      const timestampNs = batch.timestampNs ^ (1n << BigInt(bit));
      const code = refusalOf({ snapshot: snapshotAt(10) }, [{ ...batch, timestampNs }]);
      expect(code, `bit ${bit}`).toMatch(/^(AUDIT_DIVERGED|TIMESTAMP_REGRESSED)$/);
    }
    for (let flip = 0; flip < 500; flip++) {
      const at = random.between(1, log.length - 1);
      const [batch] = log.slice(at, at + 1);
      if (batch === undefined) throw new Error(`the history has no batch ${at + 1}`);
      const bit = random.below(batch.commands.length * 8);
      const altered = { ...batch, commands: flipped(batch.commands, bit) };
      expect(refusalOf({ snapshot: snapshotAt(at) }, [altered]), `batch ${at + 1}, bit ${bit}`).toBe(
        'AUDIT_DIVERGED',
      );
    }
  });

  test('without journals, in the roots: a flipped bit of the commands gives other journals to the end', () => {
    const bare = log.map(({ commands, timestampNs }) => ({ commands, timestampNs }));
    const random = new Random(BigInt(SEED) + 23n);
    for (let flip = 0; flip < 20; flip++) {
      const at = random.below(bare.length);
      const bit = random.below((bare[at]?.commands.length ?? 1) * 8);
      const altered = bare.map((batch, index) =>
        index === at ? { ...batch, commands: flipped(batch.commands, bit) } : batch,
      );
      const { sealed } = run(GENESIS, altered);
      sealed.forEach(({ journal }, index) => {
        const isSame = Buffer.compare(journal, steps[index]?.sealed.journal ?? new Uint8Array()) === 0;
        // What the flip did may be undone later in the book, but never in the batch itself.
        if (index < at) expect(isSame, `batch ${index + 1}`).toBe(true);
        if (index === at) expect(isSame, `batch ${index + 1}`).toBe(false);
      });
    }
  });
});
