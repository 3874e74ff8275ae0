import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { isInstalled, TRACEBOOK } from '../oracles/oracle-cache.ts';
import { SEED } from '../support/seed.ts';

/*
 * Tracebook's conformance runner has a reference engine of its own, in Python, and compares a candidate with it event by event: outcome,
 * trades, and a hash over every queue. The candidate is test/oracles/tracebook-candidate.ts.
 */

const CANDIDATE = [
  '--candidate',
  process.execPath,
  fileURLToPath(new URL('../oracles/tracebook-candidate.ts', import.meta.url)),
];
const HAS_TRACEBOOK = isInstalled(TRACEBOOK.suite);
const folder = mkdtempSync(join(tmpdir(), 'proofbook-tracebook-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runTracebook(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(TRACEBOOK.command, [...args, ...CANDIDATE], {
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

function readReport(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

describe.skipIf(!HAS_TRACEBOOK)('tracebook-conformance (skipped where it was not fetched)', () => {
  test.each([
    { profile: 'fifo-full-v1', cases: 5 },
    { profile: 'fifo-partial-fill-v1', cases: 3 },
  ])('qualifies the engine for $profile', ({ profile, cases }) => {
    const outputDirectory = join(folder, profile);
    const options = [
      '--profile',
      profile,
      '--seed',
      String(SEED),
      '--traces',
      '8',
      '--events-per-trace',
      '150',
    ];
    const { status, text } = runTracebook(['qualify', ...options, '--output-dir', outputDirectory]);
    expect({ status, text }).toMatchObject({
      status: 0,
      text: expect.stringContaining('Qualification: PASS'),
    });
    expect(readReport(join(outputDirectory, 'qualification.json'))).toMatchObject({
      qualified: true,
      checks: {
        fixed_cases: { passed: cases, total: cases },
        generated_campaign: { completed_traces: 8, requested_traces: 8, conformant: true },
        semantic_coverage: { complete: true },
      },
    });
  });

  test.each([
    { name: 'stp-cancel-resting', policy: 'CANCEL_RESTING', events: 5 },
    { name: 'stp-cancel-resting-deep', policy: 'CANCEL_RESTING', events: 4 },
    { name: 'stp-cancel-incoming', policy: 'CANCEL_INCOMING', events: 5 },
  ])('agrees on $name', ({ name, policy, events }) => {
    const output = join(folder, `${name}.json`);
    const path = join(TRACEBOOK.suite, `${name}.jsonl`);
    const { status, text } = runTracebook(['run', '--self-trade-policy', policy, '--output', output, path]);
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(readReport(output)).toMatchObject({ conformant: true, compared_events: events, divergence: null });
  });
});
