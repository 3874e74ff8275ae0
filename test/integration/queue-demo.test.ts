import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJournal } from '../../engine/journal.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import type { DemoReport } from '../../queue/cli/demo-report.ts';
import { EXIT_CODES } from '../../queue/cli/exit-codes.ts';
import {
  alterKeptTransitions,
  alterReceipt,
  contentOf,
  editManifest,
  flip,
  flipFile,
  otherQuantity,
  otherTime,
  receiptOf,
  rewriteLog,
  swapReceipts,
  withImageId,
  withJournal,
  withoutLastCommand,
  withoutProof,
  withSeal,
} from '../support/altered-run.ts';
import { descendantsOf, waitFor, waitUntilGone } from '../support/processes.ts';
import { type CliResult, runCli, startCli } from '../support/run-cli.ts';

// One real run of two tiny batches for the whole file; every test looks at it or at an altered copy.
const TIMEOUT_MS = 600_000;

let folder: string;
let data: string;
let demo: CliResult;
let report: DemoReport;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-demo-'));
  data = join(folder, 'data');
  demo = await runCli([
    'demo',
    '--orders',
    '24',
    '--batch-size',
    '12',
    '--seed',
    '1',
    '--json',
    '--data',
    data,
  ]);
  if (demo.exitCode !== 0) throw new Error(`the demo failed with ${demo.exitCode}: ${demo.stderr}`);
  report = JSON.parse(demo.stdout);
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('proofbook demo', () => {
  test('proves and verifies every batch, in one JSON object', () => {
    expect(demo.stdout.trim().split('\n')).toHaveLength(1);
    expect(report).toMatchObject({ verified: true, seed: '1', orders_proven: 24 });
    expect(
      report.batches.map(({ number, commands, kind, attempts }) => [number, commands, kind, attempts]),
    ).toEqual([
      [1, 12, 'app', 1],
      [2, 12, 'app', 1],
    ]);
    expect(report.batches[1]?.preStateRoot).toBe(report.batches[0]?.postStateRoot);
    for (const batch of report.batches) {
      expect(batch.instructionCount).toBeGreaterThan(10_000);
      expect(batch.traceCells).toBeGreaterThan(batch.instructionCount);
      expect(batch.proveSeconds).toBeGreaterThan(0);
      const { postStateRoot } = decodeJournal(Receipt.decode(readFileSync(batch.receiptPath)).journal);
      expect(Buffer.from(postStateRoot).toString('hex')).toBe(batch.postStateRoot);
    }
    const sum = report.batches.reduce((total, { proveSeconds }) => total + proveSeconds, 0);
    expect(report.prove_seconds).toBeCloseTo(sum, 2);
    expect(report.orders_proven_per_second).toBeCloseTo(24 / sum, 2);
    expect(report.inclusion).toMatchObject({ verified: true, siblingCount: 8 });
  });

  test('says which queue it uses in one line, and progress on stderr only', () => {
    expect(demo.stderr.match(/^queue: .+$/gm)).toHaveLength(1);
    expect(demo.stderr).toContain('verified');
  });

  test(
    'leaves a directory that nobody can run over',
    async () => {
      const again = await runCli(['demo', '--data', data, '--json']);
      expect(again.exitCode).toBe(EXIT_CODES.usage);
      expect(JSON.parse(again.stdout)).toMatchObject({
        verified: false,
        error: { code: 'DATA_DIRECTORY_IN_USE' },
      });
    },
    TIMEOUT_MS,
  );

  test(
    'that is killed leaves no process at all',
    async () => {
      const other = join(folder, 'killed');
      const running = startCli(['demo', '--orders', '5', '--batch-size', '5', '--data', other]);
      await waitFor('a proof in progress', () => running.stderrSoFar().includes('claim 1'));
      const pids = descendantsOf(running.pid);
      expect(pids.length, 'a worker, a prover host and a queue at least').toBeGreaterThanOrEqual(2);
      process.kill(running.pid, 'SIGKILL');
      await waitUntilGone(pids);
    },
    TIMEOUT_MS,
  );

  test(
    'that is interrupted ends with 130 and leaves no process',
    async () => {
      const other = join(folder, 'interrupted');
      const running = startCli(['demo', '--orders', '5', '--batch-size', '5', '--data', other]);
      await waitFor('a proof in progress', () => running.stderrSoFar().includes('claim 1'));
      const pids = descendantsOf(running.pid);
      process.kill(running.pid, 'SIGINT');
      expect((await running.finished).exitCode).toBe(EXIT_CODES.interrupted);
      await waitUntilGone(pids);
    },
    TIMEOUT_MS,
  );
});

describe('proofbook verify', () => {
  test(
    'accepts both receipts',
    async () => {
      const result = await runCli(['verify', '--json', receiptOf(data, 1), receiptOf(data, 2)]);
      expect(result.exitCode).toBe(EXIT_CODES.success);
      const { verified, receipts } = JSON.parse(result.stdout);
      expect(verified).toBe(true);
      expect(receipts).toHaveLength(2);
      expect(receipts[0].verifyMilliseconds).toBeGreaterThan(0);
      const plain = await runCli(['verify', receiptOf(data, 1)]);
      expect(plain.stdout).toContain(report.batches[0]?.postStateRoot);
    },
    TIMEOUT_MS,
  );

  type Alteration = readonly [string, (bytes: Buffer) => Uint8Array, keyof typeof EXIT_CODES, string];
  const alterations: readonly Alteration[] = [
    ['a cut', (bytes) => bytes.subarray(0, bytes.length - 1), 'malformed', 'RECEIPT_'],
    ['an empty file', () => new Uint8Array(0), 'malformed', 'RECEIPT_'],
    ['a byte more', (bytes) => Buffer.concat([bytes, Buffer.of(0)]), 'malformed', 'RECEIPT_'],
    ['another magic', (bytes) => flip(bytes, 0), 'malformed', 'RECEIPT_MAGIC'],
    ['another version', (bytes) => flip(bytes, 4), 'malformed', 'RECEIPT_VERSION'],
    [
      'a flipped bit in the middle',
      (bytes) => flip(bytes, bytes.length >> 1),
      'malformed',
      'RECEIPT_CORRUPTED',
    ],
    ['a journal that says more, checksum mended', withJournal, 'receiptRefused', 'PROOF_REFUSED'],
    ['a seal with a flipped bit, checksum mended', withSeal, 'receiptRefused', 'PROOF_REFUSED'],
    ['the seal of the other batch', () => withSealOfSecond(), 'receiptRefused', 'PROOF_REFUSED'],
    ['another image id', withImageId, 'receiptRefused', 'IMAGE_MISMATCH'],
    ['the kind fake and no seal', withoutProof, 'receiptRefused', 'RECEIPT_FAKE'],
  ];

  test.each(alterations)(
    'refuses %s',
    async (_, alter, exitName, code) => {
      const path = join(folder, 'altered.receipt');
      writeFileSync(path, alter(readFileSync(receiptOf(data, 1))));
      const result = await runCli(['verify', '--json', receiptOf(data, 2), path]);
      expect([result.exitCode, result.stderr]).toEqual([EXIT_CODES[exitName], expect.stringContaining(code)]);
      expect(result.stderr).toContain(path);
      const { verified, receipts } = JSON.parse(result.stdout);
      expect([verified, receipts[0].verified, receipts[1].verified]).toEqual([false, true, false]);
    },
    TIMEOUT_MS,
  );

  test(
    'accepts a fake receipt only when asked by name, and says that it is one',
    async () => {
      const path = join(folder, 'fake.receipt');
      writeFileSync(path, withoutProof(readFileSync(receiptOf(data, 1))));
      const result = await runCli(['verify', '--accept-fake', path]);
      expect([result.exitCode, result.stdout]).toEqual([0, expect.stringContaining('FAKE')]);
    },
    TIMEOUT_MS,
  );

  test(
    'names a file that is not there',
    async () => {
      const path = join(folder, 'absent.receipt');
      const result = await runCli(['verify', path]);
      expect([result.exitCode, result.stderr]).toEqual([EXIT_CODES.malformed, expect.stringContaining(path)]);
    },
    TIMEOUT_MS,
  );
});

describe('proofbook audit', () => {
  test(
    'accepts the run, without the queue, the store and the rows',
    async () => {
      const root = copyOf('bare');
      for (const name of ['content', 'rows.sqlite', 'redis'])
        rmSync(join(root, name), { recursive: true, force: true });
      const result = await runCli(['audit', '--json', '--from-genesis', root], { PATH: '' });
      expect([result.exitCode, result.stderr]).toEqual([0, '']);
      expect(JSON.parse(result.stdout)).toMatchObject({
        verified: true,
        batches: 2,
        commands: 24,
        batchesWithRecords: 0,
        postStateRoot: report.batches[1]?.postStateRoot,
      });
      const whole = await runCli(['audit', '--json', '--from-genesis', data]);
      expect(JSON.parse(whole.stdout)).toMatchObject({ verified: true, batchesWithRecords: 2 });
    },
    TIMEOUT_MS,
  );

  type Tampering = readonly [string, (root: string) => void, keyof typeof EXIT_CODES, string];
  const tamperings: readonly Tampering[] = [
    [
      'a flipped bit in the command log',
      (root) => flipFile(join(root, 'commands.log'), 150),
      'malformed',
      'entry 1',
    ],
    ['a cut command log', (root) => truncateSync(join(root, 'commands.log'), 200), 'malformed', 'entry 1'],
    ['another market config', (root) => flipFile(join(root, 'commands.log'), 16), 'diverged', 'marketConfig'],
    [
      'another command, digest mended',
      (root) => rewriteLog(root, otherQuantity),
      'diverged',
      'batch 1, command 0: record 0, field quantity: recorded ',
    ],
    [
      'another command, digest mended, where nothing is kept',
      (root) => {
        rewriteLog(root, otherQuantity);
        rmSync(join(root, 'content'), { recursive: true });
      },
      'diverged',
      'batch 1: commandsRoot',
    ],
    [
      'a kept transition of another price',
      (root) => alterKeptTransitions(root, 2, (bytes) => flip(bytes, 3 * 64 + 32), false),
      'diverged',
      ': transition 3, field price: recorded ',
    ],
    [
      'a kept transition of another maker, address and row mended',
      (root) => alterKeptTransitions(root, 1, (bytes) => flip(bytes, 56), true),
      'diverged',
      'batch 1, command 0: transition 0, field makerAccount: recorded 1, replayed 0',
    ],
    [
      'kept transitions that were cut',
      (root) => alterKeptTransitions(root, 1, (bytes) => bytes.subarray(0, -64), false),
      'diverged',
      'batch 1: bytes of kept transitions',
    ],
    [
      'another timestamp, digest mended',
      (root) => rewriteLog(root, otherTime),
      'diverged',
      'batch 2: timestamp',
    ],
    [
      'a command left out',
      (root) => rewriteLog(root, withoutLastCommand),
      'diverged',
      'batch 1: commandCount',
    ],
    [
      'the last batch left out',
      (root) => rewriteLog(root, (batches) => batches.slice(0, 1)),
      'diverged',
      'batchCount',
    ],
    [
      'batches out of order',
      (root) => rewriteLog(root, (batches) => batches.toReversed()),
      'diverged',
      'batch 1: batchNumber',
    ],
    ['receipts that changed places', swapReceipts, 'diverged', 'batch 1: batchNumber'],
    ['a receipt that is missing', (root) => rmSync(receiptOf(root, 2)), 'malformed', '0002.receipt'],
    [
      'a receipt too many',
      (root) => cpSync(receiptOf(root, 2), receiptOf(root, 3)),
      'diverged',
      '0003.receipt',
    ],
    [
      'a receipt of a batch far away',
      (root) => cpSync(receiptOf(root, 2), receiptOf(root, 9)),
      'diverged',
      '0009.receipt',
    ],
    [
      'a flipped bit in a receipt',
      (root) => flipFile(receiptOf(root, 2), 5000),
      'receiptRefused',
      '0002.receipt',
    ],
    ['a seal that proves nothing', (root) => alterReceipt(root, 2, withSeal), 'receiptRefused', 'batch 2'],
    ['a fake receipt', (root) => alterReceipt(root, 1, withoutProof), 'receiptRefused', 'batch 1'],
    [
      'a manifest of another version',
      (root) => editManifest(root, { version: 2 }),
      'malformed',
      'version is 2',
    ],
    [
      'a manifest of another image',
      (root) => editManifest(root, { imageId: 'a'.repeat(64) }),
      'receiptRefused',
      'not pinned',
    ],
    [
      'a manifest of an unfinished run',
      (root) => editManifest(root, { batchCount: null }),
      'diverged',
      'not finished',
    ],
    [
      'a manifest that promises another kind of proof',
      (root) => editManifest(root, { receiptKind: 'stark' }),
      'diverged',
      'receipt kind',
    ],
    [
      'a manifest of other parameters',
      (root) => editManifest(root, { parametersDigest: 'b'.repeat(64) }),
      'diverged',
      'parametersDigest',
    ],
    [
      'a manifest that is no JSON',
      (root) => writeFileSync(join(root, 'manifest.json'), '{'),
      'malformed',
      'is not JSON',
    ],
    ['no manifest', (root) => rmSync(join(root, 'manifest.json')), 'malformed', 'manifest.json'],
  ];

  test.each(tamperings)(
    'refuses %s',
    async (name, tamper, exitName, words) => {
      const root = copyOf(name.replaceAll(/\W+/g, '-'));
      tamper(root);
      const result = await runCli(['audit', '--json', '--from-genesis', root]);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES[exitName],
        expect.stringContaining(words),
      ]);
      expect(JSON.parse(result.stdout)).toMatchObject({ verified: false });
    },
    TIMEOUT_MS,
  );
});

describe('proofbook worker', () => {
  test(
    'without a broker says so and ends',
    async () => {
      const result = await runCli(['worker', '--data', data]);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES.unavailable,
        expect.stringContaining('no broker is running'),
      ]);
    },
    TIMEOUT_MS,
  );
});

function copyOf(name: string): string {
  const root = join(folder, 'copies', name);
  cpSync(data, root, { recursive: true });
  return root;
}

function withSealOfSecond(): Uint8Array {
  const [first, second] = [1, 2].map((number) => Receipt.decode(readFileSync(receiptOf(data, number))));
  if (first === undefined || second === undefined) throw new Error('two receipts are needed');
  return new Receipt({ ...contentOf(first), seal: second.seal }).encode();
}
