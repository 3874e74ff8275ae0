import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJournal } from '../../engine/journal.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { EXIT_CODES } from '../../queue/cli/exit-codes.ts';
import {
  alterReceipt,
  otherQuantity,
  otherTime,
  receiptOf,
  rewriteLog,
  withoutProof,
  withSeal,
} from '../support/altered-run.ts';
import { runCli } from '../support/run-cli.ts';

// One real run of two tiny batches and its state after the first; every test looks at them or at altered copies.
const TIMEOUT_MS = 600_000;
const DEMO = ['demo', '--orders', '24', '--batch-size', '12', '--seed', '1', '--json', '--data'];

let folder: string;
let data: string;
let state: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-state-'));
  data = join(folder, 'data');
  state = join(folder, 'state.json');
  const demo = await runCli([...DEMO, data]);
  if (demo.exitCode !== 0) throw new Error(`the demo failed with ${demo.exitCode}: ${demo.stderr}`);
  const written = await runCli(['export', '--batch', '1', '--data', data, '--out', state]);
  if (written.exitCode !== 0)
    throw new Error(`the export failed with ${written.exitCode}: ${written.stderr}`);
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOf(name: string): string {
  const root = join(folder, 'copies', name.replaceAll(/\W+/g, '-'));
  cpSync(data, root, { recursive: true });
  return root;
}

const audit = (file: string, root: string) =>
  runCli(['audit', '--json', '--from-snapshot', file, '--data', root], { PATH: '' });

/** The state file with other fields. */
function altered(name: string, change: (file: Record<string, unknown>) => Record<string, unknown>): string {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(state, 'utf8')))));
  return path;
}

describe('proofbook export', () => {
  test('writes the book after a batch with the root that its receipt proves', () => {
    const file = JSON.parse(readFileSync(state, 'utf8'));
    const journal = decodeJournal(Receipt.decode(readFileSync(receiptOf(data, 1))).journal);
    expect(file.batchNumber).toBe('1');
    expect(file.stateRoot).toBe(Buffer.from(journal.postStateRoot).toString('hex'));
    expect(file.book.sequence).toBe(String(journal.lastSequence));
    expect(file.book.bids.length + file.book.asks.length).toBeGreaterThan(0);
  });

  const refusals: readonly (readonly [
    string,
    readonly string[],
    (root: string) => void,
    keyof typeof EXIT_CODES,
    string,
  ])[] = [
    ['a batch that is not there', ['--batch', '3'], () => {}, 'usage', '--batch'],
    ['no file to write', ['--batch', '1', '--out'], () => {}, 'usage', '--out'],
    [
      'a seal that proves nothing',
      ['--batch', '2'],
      (root) => alterReceipt(root, 2, withSeal),
      'receiptRefused',
      'proof',
    ],
    [
      'a fake receipt',
      ['--batch', '2'],
      (root) => alterReceipt(root, 2, withoutProof),
      'receiptRefused',
      'fake',
    ],
    [
      'another command in the log',
      ['--batch', '2'],
      (root) => rewriteLog(root, otherQuantity),
      'diverged',
      'commandsRoot',
    ],
  ];

  test.each(refusals)(
    'refuses %s and writes nothing',
    async (name, options, tamper, exitName, words) => {
      const root = copyOf(`export ${name}`);
      tamper(root);
      const out = join(root, 'state.json');
      const target = options.includes('--out') ? [] : ['--out', out];
      const result = await runCli(['export', '--json', '--data', root, ...options, ...target]);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES[exitName],
        expect.stringContaining(words),
      ]);
      expect(() => readFileSync(out)).toThrow('ENOENT');
    },
    TIMEOUT_MS,
  );
});

describe('proofbook audit --from-snapshot', () => {
  test(
    'replays only what follows the state, and gives the same last root as from genesis',
    async () => {
      const [partial, whole] = await Promise.all([
        audit(state, data),
        runCli(['audit', '--json', '--from-genesis', data]),
      ]);
      expect([partial.exitCode, partial.stderr]).toEqual([0, '']);
      const { postStateRoot } = JSON.parse(whole.stdout);
      expect(JSON.parse(partial.stdout)).toMatchObject({
        verified: true,
        firstBatchNumber: '2',
        batches: 1,
        commands: 12,
        postStateRoot,
      });
    },
    TIMEOUT_MS,
  );

  const snapshotOf = (file: Record<string, unknown>) => Buffer.from(String(file.snapshot), 'base64');
  const forgeries: readonly (readonly [
    string,
    (file: Record<string, unknown>) => Record<string, unknown>,
    keyof typeof EXIT_CODES,
    string,
  ])[] = [
    ['another state root', (file) => ({ ...file, stateRoot: 'a'.repeat(64) }), 'malformed', 'stateRoot'],
    ['another batch number', (file) => ({ ...file, batchNumber: '2' }), 'malformed', 'batchNumber'],
    ['no snapshot', ({ snapshot: _, ...file }) => file, 'malformed', 'snapshot'],
    ['another version', (file) => ({ ...file, version: 2 }), 'malformed', 'version'],
    [
      'a snapshot with a flipped bit',
      (file) => {
        const bytes = snapshotOf(file);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 16) ^ 1, bytes.length - 16);
        return { ...file, snapshot: bytes.toString('base64') };
      },
      'malformed',
      'snapshot refused',
    ],
  ];

  test.each(forgeries)(
    'refuses a file with %s',
    async (name, change, exitName, words) => {
      const result = await audit(altered(name, change), data);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES[exitName],
        expect.stringContaining(words),
      ]);
      expect(JSON.parse(result.stdout)).toMatchObject({ verified: false });
    },
    TIMEOUT_MS,
  );

  test(
    'refuses a sound state that is not the one of its batch',
    async () => {
      const other = join(folder, 'other');
      const demo = await runCli([
        'demo',
        '--orders',
        '12',
        '--batch-size',
        '12',
        '--seed',
        '2',
        '--json',
        '--data',
        other,
      ]);
      expect(demo.exitCode).toBe(0);
      const file = join(folder, 'other.json');
      expect((await runCli(['export', '--batch', '1', '--data', other, '--out', file])).exitCode).toBe(0);
      const result = await audit(file, data);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES.diverged,
        expect.stringContaining('stateRoot'),
      ]);
    },
    TIMEOUT_MS,
  );

  const tamperings: readonly (readonly [string, (root: string) => void, keyof typeof EXIT_CODES, string])[] =
    [
      ['an unproven start', (root) => alterReceipt(root, 1, withSeal), 'receiptRefused', 'batch 1'],
      ['a fake start', (root) => alterReceipt(root, 1, withoutProof), 'receiptRefused', 'batch 1'],
      ['a missing receipt behind it', (root) => rmSync(receiptOf(root, 2)), 'malformed', '0002.receipt'],
      [
        'another time in the log behind it',
        (root) => rewriteLog(root, otherTime),
        'diverged',
        'batch 2: timestamp',
      ],
    ];

  test.each(tamperings)(
    'refuses a run with %s',
    async (name, tamper, exitName, words) => {
      const root = copyOf(name);
      tamper(root);
      const result = await audit(state, root);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES[exitName],
        expect.stringContaining(words),
      ]);
    },
    TIMEOUT_MS,
  );

  test.each([
    ['both starts', ['--from-snapshot', 'a', '--from-genesis', 'b']],
    ['a snapshot without its data', ['--from-snapshot', 'a']],
    ['neither start', []],
  ])('refuses %s', async (_, options) => {
    const result = await runCli(['audit', ...options]);
    expect([result.exitCode, result.stderr]).toEqual([EXIT_CODES.usage, expect.stringContaining('USAGE')]);
  });
});
