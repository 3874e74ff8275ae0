import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cargoTargetDirectory, findHostBinary, keyCacheDirectory } from '../../prover/sdk/host-binary.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'proofbook-host-binary-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function program(name: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  return path;
}

describe('where the prover host is', () => {
  test('the cargo target directory follows the cache variables', () => {
    expect(cargoTargetDirectory({ PROOFBOOK_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c/target');
    expect(cargoTargetDirectory({ XDG_CACHE_HOME: '/x' })).toBe('/x/proofbook/target');
    expect(keyCacheDirectory({ PROOFBOOK_CACHE_DIR: '/c' })).toBe('/c/keys');
    expect(cargoTargetDirectory({})).toBe(join(homedir(), '.cache/proofbook/target'));
    expect(cargoTargetDirectory({ PROOFBOOK_CACHE_DIR: '', XDG_CACHE_HOME: '' })).toBe(
      join(homedir(), '.cache/proofbook/target'),
    );
  });

  test('a given path goes before the variable, and the variable before the build', () => {
    const env = { PROOFBOOK_CACHE_DIR: directory, PROOFBOOK_HOST_BINARY: program('by-variable') };
    const built = program('target/release/proofbook-host');
    const given = program('given');
    expect(findHostBinary(given, env)).toBe(given);
    expect(findHostBinary(undefined, env)).toBe(env.PROOFBOOK_HOST_BINARY);
    expect(findHostBinary(undefined, { PROOFBOOK_CACHE_DIR: directory })).toBe(built);
  });

  test('a missing one, or one that cannot be run, names its path and the command that builds it', () => {
    const missing = join(directory, 'nowhere');
    const error = expectRefusal(() => findHostBinary(missing), 'HOST_BINARY_MISSING', { path: missing });
    expect(error.message).toContain('npm run setup');
    const unrunnable = program('unrunnable');
    chmodSync(unrunnable, 0o644);
    expectRefusal(() => findHostBinary(unrunnable), 'HOST_BINARY_MISSING', { path: unrunnable });
  });
});
