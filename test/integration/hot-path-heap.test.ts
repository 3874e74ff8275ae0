import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../support/hot-path-heap.ts', import.meta.url));

interface HeapReport {
  readonly commands: number;
  readonly heapBytes: number;
  readonly collections: number;
}

function measure(flags: readonly string[], ...args: readonly string[]): HeapReport {
  // Compiled on the spot and not beside: code that is compiled on another thread lands on the heap at some later moment.
  const all = ['--expose-gc', '--single-threaded', ...flags];
  return JSON.parse(execFileSync(process.execPath, [...all, PROGRAM, ...args], { encoding: 'utf8' }));
}

const COMMANDS_PER_BATCH = 64;

test("compiled by V8's last compiler, the way from ring to publisher makes no garbage, and no collection runs", () => {
  const { commands, heapBytes, collections } = measure(['--no-maglev']);
  console.log(`${heapBytes} bytes for ${commands} commands`);
  expect(collections).toBe(0);
  // The measuring itself leaves some KB; one object of 12 bytes a batch would be 72,000.
  expect(heapBytes).toBeLessThan(16_000);
});

test('as V8 runs by default, a batch leaves no more than its BigInt timestamp and one double, and no collection runs', () => {
  const { commands, heapBytes, collections } = measure([]);
  console.log(`${heapBytes} bytes for ${commands} commands`);
  expect(collections).toBe(0);
  expect(heapBytes / (commands / COMMANDS_PER_BATCH)).toBeLessThan(48);
});

test('the same measurement sees one array a burst', () => {
  const { heapBytes, collections } = measure(['--no-maglev'], 'leak');
  expect(collections > 0 || heapBytes > 1_000_000).toBe(true);
});
