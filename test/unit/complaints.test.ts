import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../chaos/fault-table.ts';

const PROJECT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/complaints.md', PROJECT), 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!complaint|-)/.test(line));

test('every complaint has a test', () => {
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !/`test\/\S+\.test\.ts`: "/.test(row))).toEqual([]);
});

test('every test that docs/complaints.md names is there', () => {
  const named = [...text.matchAll(/`(test\/\S+\.test\.ts)`: "([^"]+)"/g)];
  const missing = named.filter(([, path = '', name = '']) => {
    const url = new URL(path, PROJECT);
    return !existsSync(url) || !readFileSync(url, 'utf8').includes(`'${name}'`);
  });
  expect(missing.map(([reference]) => reference)).toEqual([]);
});

test('every chaos round that it names is there', () => {
  const known = new Set(FAULTS.map(({ name }) => name));
  const named = rows.flatMap((row) => [
    ...(/chaos ((?:`[a-z-]+`(?:, )?)+)/.exec(row)?.[1] ?? '').matchAll(/`([a-z-]+)`/g),
  ]);
  expect(named.length).toBeGreaterThan(20);
  expect(named.map(([, name = '']) => name).filter((name) => !known.has(name))).toEqual([]);
});
