import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTANTS } from '../mutation/mutants.ts';

const SOURCES = new URL('../../engine/assembly/', import.meta.url);

// A bug whose text is gone from the engine would be found out only when somebody runs the whole list.
test.each(MUTANTS)('the text that "$bug" changes is in $file once', ({ file, from, to }) => {
  expect(readFileSync(new URL(file, SOURCES), 'utf8').split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
});

test('no two bugs have one name', () => {
  expect(new Set(MUTANTS.map(({ bug }) => bug)).size).toBe(MUTANTS.length);
});
