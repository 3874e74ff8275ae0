import { describe, expect, test } from 'vitest';
import { chooseBackend } from '../../queue/redis/resolve-backend.ts';
import { SEED } from '../support/seed.ts';
import { faultNamed } from './fault-table.ts';
import { runRound } from './run-round.ts';

// The part of the chaos run that every test run has; all of it: npm run chaos.
const NAMES = [
  'kill-broker',
  'kill-redis',
  'flush-redis',
  'torn-tail',
  'second-broker',
  'late-proof',
  'wrong-proof',
  'poison',
  'http-kill-broker',
  'http-kill-any',
  'http-disk-full',
];
const TIMEOUT_MS = 240_000;
const hasRedis = chooseBackend({ PATH: process.env.PATH }).backend === 'private-redis';

describe.skipIf(!hasRedis)('nothing is lost, doubled, left behind or unproven after (needs a Redis)', () => {
  test.each(NAMES)(
    '%s',
    async (name) => {
      const lines: string[] = [];
      const result = await runRound({
        round: NAMES.indexOf(name),
        seed: BigInt(SEED),
        faults: [faultNamed(name)],
        real: false,
        say: (line) => lines.push(line),
      });
      const { lost, doubled, orphans, unproven, problems } = result;
      expect({ lost, doubled, orphans, unproven, problems }, lines.join('\n')).toEqual({
        lost: 0,
        doubled: 0,
        orphans: 0,
        unproven: 0,
        problems: [],
      });
    },
    TIMEOUT_MS,
  );
});
