import { afterAll, describe, expect, test } from 'vitest';
import { messageFlow, SCENARIOS, type ScenarioName } from '../model/message-flow.ts';
import { refereeLines } from '../model/message-referee.ts';
import { Random } from '../model/random.ts';
import { SEED } from '../support/seed.ts';
import { StreamFiles } from '../support/stream-files.ts';

/*
 * The message stream against a referee that was written from docs/message-stream.md alone: the same file, line for line.
 */

const files = new StreamFiles();
afterAll(() => files.close());

/** Each flow must bring about what its shape is for, or the comparison has lost its point. */
const LINE_KINDS: Readonly<Record<ScenarioName, string>> = {
  balanced: '012345',
  staticBook: '02',
  trending: '012345',
  flashCrash: '0124',
  levelSpam: '0124',
};

const SIZES = [
  { messages: 400, levels: 8, orders: 40 },
  { messages: 4_000, levels: 24, orders: 1_200 },
  { messages: 4_000, levels: 2_000, orders: 1_200 },
] as const;
const ROUNDS = 4;

describe.each(Object.keys(SCENARIOS) as ScenarioName[])('%s', (name) => {
  test.each(SIZES)('$messages messages, $levels levels, $orders orders', (size) => {
    const kinds = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = messageFlow(name, new Random(BigInt(SEED + round)), size);
      const expected = refereeLines(bytes);
      files.run(bytes);
      expectSameLines(files.lines(), expected, `${name}, seed ${SEED + round}`);
      for (const line of expected.split('\n')) kinds.add(line.charAt(0));
    }
    if (size === SIZES[1]) expect([...kinds].sort().join('')).toBe(LINE_KINDS[name]);
  });
});

/** A whole diff of two long texts would say less than the first line that differs. */
function expectSameLines(found: string, expected: string, flow: string): void {
  if (found === expected) return;
  const foundLines = found.split('\n');
  const expectedLines = expected.split('\n');
  const at = expectedLines.findIndex((line, index) => line !== foundLines[index]);
  expect({ flow, at, lines: foundLines.slice(at, at + 3) }).toEqual({
    flow,
    at,
    lines: expectedLines.slice(at, at + 3),
  });
  expect(found).toBe(expected);
}
