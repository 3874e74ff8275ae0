import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MessageFile } from '../model/message-flow.ts';
import { StreamFiles } from '../support/stream-files.ts';

const MAIN = fileURLToPath(new URL('../../engine/stream/main.ts', import.meta.url));
const files = new StreamFiles();
const { inPath, outPath } = files;
afterAll(() => files.close());

function runMain(args: readonly string[]) {
  return outcomeOf(spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' }));
}

/** IN is a pipe from the first `length` bytes of the file; what `spawnSync` itself gives a child to read is none. */
function runOnPipe(length: number) {
  const script = 'head -c "$0" "$1" | "$2" "$3" /dev/stdin "$4"';
  const args = [script, String(length), inPath, process.execPath, MAIN, outPath];
  return outcomeOf(spawnSync('sh', ['-c', ...args], { encoding: 'utf8' }));
}

function outcomeOf({ status, stdout, stderr }: SpawnSyncReturns<string>) {
  expect(stdout, 'stdout is free').toBe('');
  return { status, stderr };
}

const file = new MessageFile();
file.new(1n, 1, 50, 3);
file.new(2n, 0, 50, 2);
const LINES = '0,1,1,1,50,3\n0,2,0,2,50,2\n1,2,50,2,1,2';

beforeAll(() => writeFileSync(inPath, file.bytes()));

describe('npm run engine:stream', () => {
  test('writes OUT and says nothing', () => {
    expect(runMain([inPath, outPath])).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(outPath, 'latin1')).toBe(LINES);
  });

  test('reads a pipe', () => {
    expect(runOnPipe(file.bytes().length)).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(outPath, 'latin1')).toBe(LINES);
  });

  test('refuses a pipe that ends within a message', () => {
    const { status, stderr } = runOnPipe(70);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^engine:stream: \/dev\/stdin has 70 bytes: .* \(STREAM_LENGTH\)\n$/);
  });

  test('prints the matching time as one JSON object on stderr', () => {
    const { status, stderr } = runMain(['--time', inPath, outPath]);
    const printed: unknown = JSON.parse(stderr);
    expect(status).toBe(0);
    expect(printed).toEqual({
      messages: 2,
      seconds: expect.any(Number),
      messages_per_second: expect.any(Number),
    });
    const { seconds, messages_per_second: rate } = printed as Record<string, number>;
    expect(seconds).toBeGreaterThan(0);
    expect(rate).toBe(Math.round(2 / (seconds ?? 0)));
  });

  test.each([
    { args: [], status: 2, code: 'USAGE' },
    { args: [inPath], status: 2, code: 'USAGE' },
    { args: [inPath, outPath, outPath], status: 2, code: 'USAGE' },
    { args: [inPath, outPath, '--fast'], status: 2, code: 'USAGE' },
    { args: [inPath, inPath], status: 2, code: 'USAGE' },
    { args: [`${inPath}.absent`, outPath], status: 3, code: 'FILE_UNREADABLE' },
    { args: [inPath, files.folder], status: 8, code: 'FILE_UNWRITABLE' },
  ])('exits with $status for $code', ({ args, status, code }) => {
    const refused = runMain(args);
    expect(refused.stderr).toContain(`(${code})`);
    expect(refused.status).toBe(status);
  });
});
