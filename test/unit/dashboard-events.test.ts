import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ServerSentEvent, ServerSentEventParser } from '../../queue/dashboard/server-sent-events.ts';
import { SEED } from '../support/seed.ts';

const STREAM =
  ': hello\r\nid: 7\nevent: batch\ndata: {"a":\ndata: 1}\n\nretry: 5\n\ndata:no space\rid\r\rdata: x\n\n';
const EVENTS: readonly ServerSentEvent[] = [
  { id: '7', name: 'batch', data: '{"a":\n1}' },
  { id: '', name: 'message', data: 'no space' },
  { id: '', name: 'message', data: 'x' },
];

function readAll(pieces: readonly string[], lastEventId = ''): readonly ServerSentEvent[] {
  const parser = new ServerSentEventParser(lastEventId);
  return pieces.flatMap((piece) => parser.push(piece));
}

describe('an event stream', () => {
  test('gives its events with names, ids and joined data', () => {
    expect(readAll([STREAM])).toEqual(EVENTS);
  });

  test('gives the same events however it is cut', () => {
    const cuts = fc.uniqueArray(fc.nat(STREAM.length), { maxLength: 12 });
    const check = (at: number[]) => {
      const edges = [0, ...at.toSorted((a, b) => a - b), STREAM.length];
      const pieces = edges.slice(1).map((end, index) => STREAM.slice(edges[index], end));
      expect(readAll(pieces)).toEqual(EVENTS);
    };
    fc.assert(fc.property(cuts, check), { seed: SEED, numRuns: 500 });
    expect(readAll([...STREAM])).toEqual(EVENTS);
  });

  test('goes on from the id it is given, and keeps an id over events without one', () => {
    const events = readAll(['data: a\n\nid: 9\ndata: b\n\ndata: c\n\n'], '4');
    expect(events.map(({ id }) => id)).toEqual(['4', '9', '9']);
  });

  test('gives no event that was broken off', () => {
    expect(readAll(['data: a\n\ndata: half'])).toHaveLength(1);
    expect(readAll(['id: 3\n\n: only a comment\n\n'])).toEqual([]);
  });
});
