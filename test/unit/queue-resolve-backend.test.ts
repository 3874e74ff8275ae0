import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readQueueEndpoint, writeQueueEndpoint } from '../../queue/redis/queue-endpoint.ts';
import { withoutPassword } from '../../queue/redis/redis-url.ts';
import { chooseBackend } from '../../queue/redis/resolve-backend.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-path-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(directory: string, name: string, mode = 0o755): string {
  const path = join(folder, directory, name);
  mkdirSync(join(folder, directory), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

const pathOf = (...directories: string[]) => directories.map((name) => join(folder, name)).join(delimiter);

describe('backend choice', () => {
  test('is REDIS_URL whenever it is set', () => {
    program('a', 'redis-server');
    expect(chooseBackend({ REDIS_URL: 'redis://h:1', PATH: pathOf('a') })).toEqual({
      backend: 'redis-url',
      url: 'redis://h:1',
    });
  });

  test('is a server of our own when PATH has one, redis-server before valkey-server', () => {
    const valkey = program('a', 'valkey-server');
    expect(chooseBackend({ REDIS_URL: '', PATH: pathOf('a', 'b') })).toEqual({
      backend: 'private-redis',
      server: valkey,
    });
    const redis = program('b', 'redis-server');
    expect(chooseBackend({ PATH: pathOf('a', 'b') })).toEqual({ backend: 'private-redis', server: redis });
  });

  test('is embedded PostgreSQL when there is none, whatever listens on this machine', () => {
    // A file that may not be run, a directory of that name, and a relative PATH entry are no server.
    program('a', 'redis-server', 0o644);
    mkdirSync(join(folder, 'b', 'redis-server'), { recursive: true });
    expect(chooseBackend({ PATH: `${pathOf('a', 'b')}${delimiter}.` })).toEqual({
      backend: 'embedded-postgres',
    });
    expect(chooseBackend({})).toEqual({ backend: 'embedded-postgres' });
  });
});

describe('queue endpoint', () => {
  test('is read as it was written', () => {
    const path = join(folder, 'endpoint.json');
    const endpoint = { backend: 'private-redis', socketPath: '/tmp/x/redis.sock' } as const;
    writeQueueEndpoint(path, endpoint);
    expect(readQueueEndpoint(path)).toEqual(endpoint);
  });

  test.each([
    '',
    '{',
    '{}',
    '{"backend":"redis-url","url":"redis://:secret@h"}',
    '{"backend":"private-redis"}',
  ])('is refused when the file holds %j', (content) => {
    const path = join(folder, 'endpoint.json');
    writeFileSync(path, content);
    expectRefusal(() => readQueueEndpoint(path), 'QUEUE_UNAVAILABLE');
  });

  test('is refused when no broker left one', () => {
    expectRefusal(() => readQueueEndpoint(join(folder, 'absent.json')), 'QUEUE_UNAVAILABLE');
  });

  test('never shows a password', () => {
    expect(withoutPassword('redis://user:secret@host:6390/2')).toBe('redis://host:6390/2');
    expect(withoutPassword('secret')).not.toContain('secret');
  });
});
