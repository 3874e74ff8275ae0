import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { digestHex, readRecord } from '../../guest/artifact-record.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import {
  ARTIFACTS,
  artifactTables,
  RECORDS,
  REPRODUCIBILITY_PATH,
  writtenTables,
} from '../baseline/artifact-tables.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const text = readFileSync(REPRODUCIBILITY_PATH, 'utf8');
const digestOf = (path: string) => digestHex(readFileSync(pathOf(path)));

describe('docs/reproducibility.md', () => {
  test('has the tables of what is committed (else: node test/baseline/artifact-tables.ts)', () => {
    expect(writtenTables(text)).toBe(artifactTables());
  });

  test('names every artifact that git has, and every pin', () => {
    const committed = execFileSync('git', ['ls-files', 'engine/artifact', 'guest/artifact'], {
      cwd: pathOf('.'),
      encoding: 'utf8',
    });
    const binaries = committed.split('\n').filter((path) => /\.(wasm|elf)$/.test(path));
    expect(binaries.length).toBeGreaterThanOrEqual(6);
    expect([...ARTIFACTS].toSorted()).toEqual(binaries.toSorted());
    expect(text).toContain(PINNED_IMAGE.imageId);
    for (const { parametersDigest } of PINNED_PARAMETERS) expect(text).toContain(parametersDigest);
  });

  test.each(RECORDS)('and %s agree with the bytes', (path) => {
    const { elfDigest, engineDigest, imageId } = readRecord(pathOf(path));
    expect(digestOf(path.replace('.json', '.elf'))).toBe(elfDigest);
    expect(digestOf('engine/artifact/circuit.wasm')).toBe(engineDigest);
    expect(text).toContain(imageId);
  });

  test('names commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
    expect(new Set(named)).toEqual(new Set(['build:guest', 'build:engine', 'build:host']));
    for (const name of named) expect(scripts).toHaveProperty([name]);
    expect(readFileSync(pathOf('.ci/run'), 'utf8')).toContain('PROOFBOOK_REQUIRE_GUEST_TOOLCHAIN=1');
  });
});
