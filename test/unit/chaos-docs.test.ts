import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../chaos/fault-table.ts';

test('docs/chaos.md names every fault', () => {
  const text = readFileSync(new URL('../../docs/chaos.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split('## What is injected');
  expect(FAULTS.map(({ name }) => name).filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});
