import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../engine/brands.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { type InclusionProof, verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { SEED } from '../support/seed.ts';

// 100 transitions fill 7 pages: page 6 holds the last 4 and 768 bytes of padding.
const COUNT = 100;
const tree = BatchTree.ofTransitions(seededBytes(COUNT * 64, SEED));
const inner = tree.inclusionProof(40);
const last = tree.inclusionProof(99);

function refused(proof: InclusionProof, field: string, root: Digest = tree.root, recordCount = COUNT) {
  const error = expectRefusal(() => verifyInclusion(root, recordCount, 64, proof), 'INCLUSION_REFUSED');
  expect(String(error.details.field)).toBe(field);
}

describe('verifyInclusion', () => {
  test('accepts the two untouched proofs that the attacks below start from', () => {
    expect(verifyInclusion(tree.root, COUNT, 64, inner).records).toHaveLength(16);
    expect(verifyInclusion(tree.root, COUNT, 64, last).records).toHaveLength(4);
  });

  test('refuses every other index', () => {
    for (let index = 0; index < 7; index++) {
      if (index !== inner.index) refused({ ...inner, index }, 'page');
    }
    for (const index of [-1, 7, 255, 256, 2 ** 32 + inner.index, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused({ ...inner, index }, 'index');
    }
  });

  test('refuses every page count but the one that the record count gives', () => {
    for (const count of [0, 1, 6, 8, 256, -7, 7.5, Number.NaN]) refused({ ...inner, count }, 'count');
  });

  test('refuses a record count that the batch does not have', () => {
    refused({ ...last, count: 6 }, 'index', tree.root, 96);
    refused(last, 'page', tree.root, 99); // one record fewer: the 100th is now stray bytes
    refused({ ...last, count: 8 }, 'count', tree.root, 100);
    for (const recordCount of [0, -1, 4097, 1.5, Number.NaN])
      refused(last, 'recordCount', tree.root, recordCount);
  });

  test('takes the record count from the caller: a zero record and padding look the same under one root', () => {
    // This is why the count must come from a verified journal: only there is it bound to the root.
    const { records } = verifyInclusion(tree.root, 102, 64, last);
    expect(records.map((record) => record.every((byte) => byte === 0))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test('refuses every altered byte of the page', () => {
    for (let offset = 0; offset < 1024; offset++) {
      const page = last.page.slice();
      page[offset] = (page[offset] ?? 0) ^ 0x01;
      refused({ ...last, page }, 'page');
    }
  });

  test('refuses padding that is not zero even when the tree was built over it', () => {
    const padded = last.page.slice();
    padded[1023] = 1;
    const forged = forgeRoot(padded, last);
    refused({ ...last, page: padded }, 'page', forged);
  });

  test('refuses every altered sibling, any two swapped, one more, one fewer', () => {
    for (let level = 0; level < 8; level++) {
      const siblings = inner.siblings.map((sibling) => sibling.slice());
      const sibling = siblings[level] ?? new Uint8Array();
      sibling[level] = (sibling[level] ?? 0) ^ 0x80;
      refused({ ...inner, siblings }, 'page');
      refused({ ...inner, siblings: inner.siblings.with(level, new Uint8Array(31)) }, `sibling ${level}`);
      refused({ ...inner, siblings: inner.siblings.with(level, new Uint8Array(0)) }, `sibling ${level}`);
      refused({ ...inner, siblings: inner.siblings.toSpliced(level, 1) }, 'siblings');
      for (let other = level + 1; other < 8; other++) {
        const a = inner.siblings[level] ?? new Uint8Array();
        const b = inner.siblings[other] ?? new Uint8Array();
        refused({ ...inner, siblings: inner.siblings.with(level, b).with(other, a) }, 'page');
      }
    }
    refused({ ...inner, siblings: [...inner.siblings, new Uint8Array(32)] }, 'siblings');
    refused({ ...inner, siblings: [] }, 'siblings');
  });

  test('refuses an inner node offered as a page, and the root itself offered as everything', () => {
    refused({ index: 0, count: 1, page: new Uint8Array(tree.root), siblings: [] }, 'page', tree.root, 1);
    refused({ index: 0, count: 1, page: new Uint8Array(64), siblings: inner.siblings }, 'page', tree.root, 1);
  });

  test('refuses a page that is not 1 KiB, a root that is not 32 bytes, and things that are no bytes at all', () => {
    refused({ ...inner, page: inner.page.slice(0, 1023) }, 'page');
    refused({ ...inner, page: new Uint8Array([...inner.page, 0]) }, 'page');
    refused(inner, 'root', tree.root.slice(0, 31) as Digest);
    refused(inner, 'root', new Uint8Array(0) as Digest);
    const untyped: InclusionProof[] = [
      JSON.parse('{"index":2,"count":7,"page":"00"}'),
      JSON.parse('{"index":2,"count":7}'),
    ];
    for (const proof of untyped) refused(proof, 'page');
    refused({ ...inner, siblings: JSON.parse('"12345678"') }, 'siblings');
    refused({ ...inner, siblings: JSON.parse('[1,2,3,4,5,6,7,8]') }, 'sibling 0');
  });

  test('refuses a proof of one batch under the root of another', () => {
    refused(inner, 'page', BatchTree.ofTransitions(seededBytes(COUNT * 64, SEED + 1)).root);
  });

  test('refuses a commands proof offered as a transitions proof', () => {
    const bytes = seededBytes(32 * 32 * 2, SEED);
    const commands = BatchTree.ofCommands(bytes);
    const error = expectRefusal(
      () => verifyInclusion(commands.root, 64, 64, commands.inclusionProof(0)),
      'INCLUSION_REFUSED',
    );
    expect(error.details.field).toBe('count');
  });
});

/** The root that the proof's siblings give for another page: what a dishonest batch builder could have committed. */
function forgeRoot(page: Uint8Array, proof: InclusionProof): Digest {
  const key = Buffer.alloc(32);
  key.write('proofbook/leaf/v1');
  let node: Uint8Array = blake3(page, { key });
  proof.siblings.forEach((sibling, level) => {
    const isRight = ((proof.index >> level) & 1) === 1;
    node = blake3(Buffer.concat(isRight ? [sibling, node] : [node, sibling]));
  });
  return node as Digest;
}
