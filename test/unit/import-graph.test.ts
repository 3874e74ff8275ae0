import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importGraph } from '../support/import-graph.ts';

const QUEUE_PACKAGES = /^(bullmq|ioredis|pg|@electric-sql\/.*|node:sqlite)$/;

describe('what a module loads', () => {
  test('is found through every kind of import, and types are none', () => {
    const { files, packages } = importGraph('prover/merkle/verify-inclusion.ts');
    expect(files).toContain('prover/merkle/inclusion-refusal.ts');
    expect(files, 'only its type is imported').not.toContain('engine/brands.ts');
    expect(packages).toEqual(['@noble/hashes/blake3.js']);
    expect(importGraph('queue/cli/main.ts').packages.filter((name) => QUEUE_PACKAGES.test(name))).toContain(
      'bullmq',
    );
  });

  test('of `proofbook/verify` is neither prover nor queue', () => {
    const { files, packages } = importGraph('package/verify.ts');
    expect(files.filter((file) => file.startsWith('queue/'))).toEqual([]);
    expect(files).not.toContain('prover/sdk/prover.ts');
    expect(files.filter((file) => /engine\/(engine|engine-module|replay)\.ts/.test(file))).toEqual([]);
    expect(packages.filter((name) => QUEUE_PACKAGES.test(name))).toEqual([]);
  });

  test('of the command `proofbook verify` is no queue, no database and nothing that proves', () => {
    const { files, packages } = importGraph('queue/cli/verify.ts');
    expect(files.filter((file) => file.startsWith('queue/') && !file.startsWith('queue/cli/'))).toEqual([]);
    expect(files).not.toContain('prover/sdk/prover.ts');
    expect(
      packages.filter((name) => !name.startsWith('node:') && !/^@(noble|sinclair)\//.test(name)),
    ).toEqual([]);
    expect(packages).not.toContain('node:sqlite');
  });

  test('of `prover/verifier` is nothing that proves or executes', () => {
    for (const name of ['own-hosts', 'pinned', 'verify-aggregate', 'verify-chain', 'verify-receipt']) {
      const { files, packages } = importGraph(`prover/verifier/${name}.ts`);
      const proving = ['prover/sdk/prover.ts', 'prover/sdk/executor-env.ts', 'prover/sdk/image.ts'];
      expect(files.filter((file) => file.startsWith('queue/') || proving.includes(file))).toEqual([]);
      expect(packages.filter((name) => QUEUE_PACKAGES.test(name))).toEqual([]);
    }
  });

  test('of `proofbook/merkle` is neither prover nor queue, and no host', () => {
    const { files, packages } = importGraph('package/merkle.ts');
    expect(files.filter((file) => /^(queue|prover\/(sdk|receipts|verifier))\//.test(file))).toEqual([]);
    expect(packages).toEqual(['@noble/hashes/blake3.js', 'merkletreejs', 'node:fs']);
  });

  test('of `proofbook/engine` is the engine alone', () => {
    const { files, packages } = importGraph('package/engine.ts');
    expect(files.filter((file) => !/^(engine|package)\//.test(file))).toEqual([]);
    expect(packages).toEqual(['node:fs']);
  });

  test('of the inclusion check is BLAKE3, and the check has less than 60 lines of code', () => {
    const path = 'prover/merkle/inclusion-refusal.ts';
    expect(importGraph(path)).toEqual({ files: [path], packages: ['@noble/hashes/blake3.js'] });
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const code = text
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
    expect(code.length).toBeLessThan(60);
  });
});
