import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContentStore } from '../../queue/store/content-store.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

// BLAKE3 of no bytes, from the official test vectors: the address does not come from our own code alone.
const EMPTY_DIGEST = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';

let root: string;
let store: ContentStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'proofbook-content-'));
  store = new ContentStore(root);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('content store', () => {
  test('gives back what was put, at the BLAKE3 of it', () => {
    expect(store.put(new Uint8Array(0))).toBe(EMPTY_DIGEST);
    expect(store.get(EMPTY_DIGEST)).toHaveLength(0);
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
    expect(Uint8Array.from(store.get(store.put(bytes)))).toEqual(bytes);
  });

  test('keeps files two directories deep and leaves no temporary file', () => {
    const digest = store.put(Uint8Array.of(1, 2, 3));
    const folder = join(root, digest.slice(0, 2), digest.slice(2, 4));
    expect(readdirSync(folder)).toEqual([digest.slice(4)]);
  });

  test('takes several contents at once, each under its own address, the same one once', () => {
    const contents = [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(2, 2)] as const;
    const digests = store.putAll(...contents);
    expect(digests[1]).toBe(EMPTY_DIGEST);
    expect(digests[2]).toBe(digests[0]);
    for (const [index, digest] of digests.entries())
      expect(Uint8Array.from(store.get(digest))).toEqual(contents[index]);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files).toHaveLength(3);
  });

  test('leaves no temporary file of several when one of them can not be written', () => {
    const [kept, refused] = [Uint8Array.of(7), Uint8Array.of(8)];
    const path = store.pathOf(store.put(refused));
    rmSync(path);
    // A directory where the file belongs.
    mkdirSync(path);
    expect(() => store.putAll(kept, refused)).toThrow();
    const names = readdirSync(root, { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('reports content that is not there', () => {
    const digest = 'a'.repeat(64);
    expectRefusal(() => store.get(digest), 'CONTENT_MISSING', { digest });
  });

  test.each([
    ['one flipped bit', Uint8Array.of(1, 2, 2)],
    ['a cut', Uint8Array.of(1, 2)],
    ['one byte more', Uint8Array.of(1, 2, 3, 0)],
    ['no bytes at all', new Uint8Array(0)],
  ])('reports content damaged by %s, and mends it when it is put again', (_, damaged) => {
    const digest = store.put(Uint8Array.of(1, 2, 3));
    writeFileSync(store.pathOf(digest), damaged);
    expectRefusal(() => store.get(digest), 'CONTENT_CORRUPTED', { digest });
    store.put(Uint8Array.of(1, 2, 3));
    expect(Uint8Array.from(store.get(digest))).toEqual(Uint8Array.of(1, 2, 3));
  });

  test.each(['', 'abc', 'A'.repeat(64), `../${'a'.repeat(61)}`])('refuses the address %j', (digest) => {
    expectRefusal(() => store.get(digest), 'INVALID_FIELD', { field: 'digest', value: digest });
  });
});
