import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importGraph } from '../support/import-graph.ts';
import { BROKEN_PARTS } from './broken-parts.ts';
import { COPIED_PARTS } from './copied-parts.ts';
import { FAULTS } from './fault-table.ts';

const PROJECT = new URL('../../', import.meta.url);

test.each(BROKEN_PARTS)('$file still holds what is broken for $fault: $bug', ({ file, find }) => {
  expect(readFileSync(new URL(file, PROJECT), 'utf8').split(find)).toHaveLength(2);
});

test('every fault has a bug that its rounds must notice', () => {
  const broken = new Set(BROKEN_PARTS.map(({ fault }) => fault));
  expect(FAULTS.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
});

test.each([
  'test/chaos/main.ts',
  'test/chaos/broker-process.ts',
  'queue/cli/main.ts',
  'prover/fake-host/main.ts',
])('the copy that is broken holds all that %s loads', (path) => {
  const isCopied = (file: string) =>
    COPIED_PARTS.some((part) => file === part || file.startsWith(`${part}/`));
  expect(importGraph(path).files.filter((file) => !isCopied(file))).toEqual([]);
});
