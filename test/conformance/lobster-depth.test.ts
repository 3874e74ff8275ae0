import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import {
  bookBefore,
  LOBSTER_MARKET_CONFIG,
  LobsterReader,
  lobsterBookPath,
  lobsterFlow,
} from '../../queue/order-flow/lobster.ts';
import {
  LOBSTER_UNITS_PER_CENT,
  type LobsterBook,
  type LobsterLevel,
  linesOf,
  parseLobsterBookRow,
  parseLobsterMessages,
} from '../../queue/order-flow/lobster-file.ts';
import { LobsterKnowledge, levelsOf } from '../support/lobster-knowledge.ts';

/*
 * Real order flow against the exchange's own book: after every event, the engine's ten best levels a side are those of the
 * sample's row, wherever the sample determines them (LobsterKnowledge says where, and why not everywhere).
 */

const SAMPLE = fileURLToPath(new URL('../../../shared/data/lobster-aapl/messages.csv', import.meta.url));
const HAS_SAMPLE = existsSync(SAMPLE) && existsSync(lobsterBookPath(SAMPLE));
if (!HAS_SAMPLE) {
  console.log(`skipped: no LOBSTER sample at ${SAMPLE}; real market data is not a part of this repository`);
}

/**
 * What this sample determines; less would mean that the test has stopped comparing. Left out are 2,662 levels of 12 prices
 * where orders came or went while they were out of view.
 */
const LEVELS_COMPARED_MIN = 17_318;
const WHOLE_SIDES_MIN = 1_042;

const SIDES = ['bid', 'ask'] as const;

function readSample() {
  const events = parseLobsterMessages('messages.csv', readFileSync(SAMPLE, 'utf8'));
  const rows = linesOf(readFileSync(lobsterBookPath(SAMPLE), 'utf8')).map((row, index) =>
    parseLobsterBookRow('book-10-levels.csv', index + 1, row),
  );
  const [firstEvent] = events;
  const [firstRow] = rows;
  if (firstEvent === undefined || firstRow === undefined) throw new Error('the sample is empty');
  return { events, rows, firstEvent, before: bookBefore(firstRow, firstEvent) };
}

/** An engine that follows a reader: each call of `catchUp` applies the commands that the reader has made since the last. */
class FollowingEngine {
  readonly #reader: LobsterReader;
  readonly #engine = Engine.create(LOBSTER_MARKET_CONFIG);
  #taken = 0;
  /** Transitions that this flow never makes: 64 levels a side are enough for it, and no command of it is refused. */
  readonly unexpected: string[] = [];

  constructor(reader: LobsterReader) {
    this.#reader = reader;
  }

  catchUp(): void {
    for (const { command, timestampNs } of this.#reader.commands.slice(this.#taken)) {
      const { transitions } = this.#engine.applyBatch(encodeCommands([command]), timestampNs);
      for (const { type, sequence } of decodeTransitions(transitions)) {
        if (type === 'rejected' || type === 'evicted') this.unexpected.push(`${type} at ${sequence}`);
      }
    }
    this.#taken = this.#reader.commands.length;
  }

  /** Levels in the file's units, best first. */
  levels(side: 'bid' | 'ask'): readonly LobsterLevel[] {
    return this.#engine
      .levels(side)
      .map(({ price, volumeLots }) => ({ price: price * LOBSTER_UNITS_PER_CENT, size: volumeLots }));
  }
}

/** Prices, sizes and order of the levels that the sample determines after the last row taken: the row's and the engine's. */
function determinedLevels(known: LobsterKnowledge, row: LobsterBook, engineLevels: readonly LobsterLevel[]) {
  const shown = levelsOf(row, known.side);
  const isCompared = ({ price }: LobsterLevel) => known.isDetermined(price);
  return {
    shownCount: shown.length,
    expected: shown.filter(isCompared),
    // A level that the row has not stays in: that no order rests at a price is determined too.
    actual: engineLevels.filter(({ price }) => known.isInView(price, shown)).filter(isCompared),
  };
}

/** Replays the sample one event at a time and compares both sides after each. */
function replaySample() {
  const { events, rows, firstEvent, before } = readSample();
  expect(rows).toHaveLength(events.length);
  const reader = new LobsterReader();
  const engine = new FollowingEngine(reader);
  reader.seed(before, firstEvent.timestampNs);
  const knowledge = SIDES.map((side) => new LobsterKnowledge(side, before, events, rows));
  const counts = { levels: 0, compared: 0, sides: 0, wholeSides: 0 };
  const differing: string[] = [];
  for (const [index, event] of events.entries()) {
    const row = rows[index] ?? { bids: [], asks: [] };
    reader.take(event);
    engine.catchUp();
    for (const known of knowledge) {
      known.take(event, row);
      const { shownCount, expected, actual } = determinedLevels(known, row, engine.levels(known.side));
      const [wanted, found] = [text(expected), text(actual)];
      if (wanted !== found) differing.push(`row ${index + 1} ${known.side}: ${wanted}; engine: ${found}`);
      counts.levels += shownCount;
      counts.compared += expected.length;
      counts.sides += 1;
      if (expected.length === shownCount) counts.wholeSides += 1;
    }
  }
  return { commands: reader.commands, unexpected: engine.unexpected, counts, differing };
}

describe.skipIf(!HAS_SAMPLE)(
  'engine against the book of the LOBSTER sample (skipped where it is absent)',
  () => {
    test('has the ten best levels of every row, price and size, wherever the sample determines them', () => {
      const { commands, unexpected, counts, differing } = replaySample();
      console.log(
        `LOBSTER depth: compared ${counts.compared} of ${counts.levels} levels, all ten of ${counts.wholeSides} of ` +
          `${counts.sides} sides; ${differing.length} sides differ`,
      );
      expect(differing.slice(0, 5)).toEqual([]);
      expect(unexpected).toEqual([]);
      // What was compared is what a run of the product is made of.
      expect(commands).toEqual(lobsterFlow(SAMPLE).commands);
      expect(counts.compared).toBeGreaterThanOrEqual(LEVELS_COMPARED_MIN);
      expect(counts.wholeSides).toBeGreaterThanOrEqual(WHOLE_SIDES_MIN);
    });
  },
);

function text(levels: readonly LobsterLevel[]): string {
  return levels.map(({ price, size }) => `${size}@${price}`).join(' ');
}
