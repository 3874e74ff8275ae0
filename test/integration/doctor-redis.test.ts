import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PrivateRedis } from '../../queue/redis/private-redis.ts';
import { chooseBackend } from '../../queue/redis/resolve-backend.ts';
import { redisSettings } from '../../queue/runtime/doctor/redis-checks.ts';
import { temporaryDirectory } from '../support/pipeline-run.ts';
import { runCli } from '../support/run-cli.ts';

const choice = chooseBackend({ PATH: process.env.PATH });
const server = choice.backend === 'private-redis' ? choice.server : '';
let directory: ReturnType<typeof temporaryDirectory>;
let redis: PrivateRedis | undefined;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await redis?.close();
  redis = undefined;
  directory.remove();
});

test.skipIf(server === '')('the doctor asks a real Redis for its settings', async () => {
  redis = await PrivateRedis.start(server, join(directory.path, 'redis'));
  const findings = await redisSettings(redis.socketPath);
  expect(Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]))).toMatchObject({
    'redis-maxmemory-policy': 'good',
    'redis-appendonly': 'good',
    'redis-appendfsync': 'good',
    'redis-latency-monitor-threshold': 'advice',
  });
});

test('`proofbook doctor --json` is one object, whatever the machine and whether Redis answers or not', async () => {
  const { exitCode, stdout } = await runCli(['doctor', '--json', '--redis', join(directory.path, 'nobody')]);
  expect(exitCode).toBe(0);
  const { findings } = JSON.parse(stdout) as { findings: readonly Record<string, string>[] };
  expect(findings.length).toBe(12);
  for (const finding of findings) {
    expect(Object.keys(finding)).toEqual(['check', 'verdict', 'found', 'costs', 'change']);
    for (const text of Object.values(finding)) expect(text.length).toBeGreaterThan(0);
  }
  expect(findings.at(-1)).toMatchObject({ check: 'redis', verdict: 'unknown' });
});
