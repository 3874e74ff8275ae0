import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { replay } from '../../engine/replay.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import {
  type IncludedRecords,
  type InclusionProof,
  verifyInclusion,
} from '../../prover/merkle/verify-inclusion.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { EXIT_CODES } from '../../queue/cli/exit-codes.ts';
import { CommandLog } from '../../queue/store/command-log.ts';
import {
  alterReceipt,
  otherQuantity,
  receiptOf,
  rewriteLog,
  withoutProof,
  withSeal,
} from '../support/altered-run.ts';
import { runCli } from '../support/run-cli.ts';

// One real run of two tiny batches for the whole file; every test looks at it or at an altered copy.
const TIMEOUT_MS = 600_000;
const DEMO = ['demo', '--orders', '24', '--batch-size', '12', '--seed', '1', '--json', '--data'];

let folder: string;
let data: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-inclusion-'));
  data = join(folder, 'data');
  const demo = await runCli([...DEMO, data]);
  if (demo.exitCode !== 0) throw new Error(`the demo failed with ${demo.exitCode}: ${demo.stderr}`);
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The order may be in either batch. */
function alterBoth(root: string, alter: (bytes: Buffer) => Uint8Array): void {
  for (const number of [1, 2]) alterReceipt(root, number, alter);
}

function copyOf(name: string): string {
  const root = join(folder, 'copies', name);
  cpSync(data, root, { recursive: true });
  return root;
}

describe('proofbook inclusion', () => {
  /** An order that was met by another, out of the log. */
  function filledOrder(): { readonly orderId: bigint; readonly journals: readonly Uint8Array[] } {
    const { marketConfig, batches } = new CommandLog(join(data, 'commands.log')).read();
    const sealed = [...replay({ config: decodeMarketConfig(marketConfig) }, batches)];
    const fills = sealed.flatMap(({ transitions }) =>
      decodeTransitions(transitions).filter(({ type }) => type === 'filled'),
    );
    const orderId = fills[0]?.makerOrderId;
    if (orderId === undefined) throw new Error('nothing was filled');
    return { orderId, journals: sealed.map(({ journal }) => journal) };
  }

  test(
    'gives every transition of an order, with proofs that hold by themselves',
    async () => {
      const { orderId, journals } = filledOrder();
      const result = await runCli(['inclusion', '--json', '--order', String(orderId), '--data', data]);
      expect([result.exitCode, result.stderr]).toEqual([0, '']);
      const { verified, orderId: named, batches } = JSON.parse(result.stdout);
      expect([verified, named]).toEqual([true, String(orderId)]);
      const types: string[] = [];
      for (const { batchNumber, receipt, transitions, proofs } of batches) {
        const bytes = readFileSync(receipt);
        const journal = decodeJournal(Receipt.decode(bytes).journal);
        expect(
          Buffer.from(Receipt.decode(bytes).journal).equals(
            journals[Number(batchNumber) - 1] ?? new Uint8Array(0),
          ),
        ).toBe(true);
        const records = proofs.flatMap((proof: Record<string, unknown>) => {
          const { transitionsRoot, transitionCount } = journal;
          return [verifyInclusion(transitionsRoot, transitionCount, 64, proofFromJson(proof))];
        });
        for (const { recordIndex, transition } of transitions) {
          const page = records.findLast(
            (one: IncludedRecords) => one.firstRecordIndex <= recordIndex,
          ) as IncludedRecords;
          const record = page.records[recordIndex - page.firstRecordIndex] ?? new Uint8Array(0);
          expect(decodeTransitions(record)[0]?.type).toBe(transition.type);
          types.push(transition.type);
        }
      }
      expect(types[0]).toBe('accepted');
      expect(types).toContain('filled');
    },
    TIMEOUT_MS,
  );

  test(
    'prints a line for each for people',
    async () => {
      const result = await runCli(['inclusion', '--order', String(filledOrder().orderId), '--data', data]);
      expect([result.exitCode, result.stdout]).toEqual([
        0,
        expect.stringMatching(/app proof holds.*\n.*accepted/),
      ]);
    },
    TIMEOUT_MS,
  );

  const refusals: readonly (readonly [string, readonly string[], (root: string) => void, string, string])[] =
    [
      ['an id that no order has', ['--order', '9999999'], () => {}, 'usage', '9999999'],
      ['an id that is none', ['--order', '0x10'], () => {}, 'usage', '0x10'],
      ['no id', [], () => {}, 'usage', '--order'],
      [
        'a batch without its receipt',
        ['--order', '9999999'],
        (root) => rmSync(receiptOf(root, 2)),
        'malformed',
        '0002',
      ],
      [
        'a seal that proves nothing',
        ['--order', 'FILLED'],
        (root) => alterBoth(root, withSeal),
        'receiptRefused',
        'proof',
      ],
      [
        'a fake receipt',
        ['--order', 'FILLED'],
        (root) => alterBoth(root, withoutProof),
        'receiptRefused',
        'fake',
      ],
      [
        'another command in the log',
        ['--order', 'FILLED'],
        (root) => rewriteLog(root, otherQuantity),
        'diverged',
        'commandsRoot',
      ],
    ];

  test.each(refusals)(
    'refuses %s',
    async (name, options, tamper, exitName, words) => {
      const root = copyOf(`inclusion-${name.replaceAll(/\W+/g, '-')}`);
      tamper(root);
      const order = options.map((word) => (word === 'FILLED' ? String(filledOrder().orderId) : word));
      const result = await runCli(['inclusion', '--json', ...order, '--data', root]);
      expect([result.exitCode, result.stderr]).toEqual([
        EXIT_CODES[exitName as keyof typeof EXIT_CODES],
        expect.stringContaining(words),
      ]);
      expect(JSON.parse(result.stdout)).toMatchObject({ verified: false });
    },
    TIMEOUT_MS,
  );
});

function proofFromJson(proof: Readonly<Record<string, unknown>>): InclusionProof {
  const { index, count, page, siblings } = proof as {
    readonly index: number;
    readonly count: number;
    readonly page: string;
    readonly siblings: readonly string[];
  };
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
  return { index, count, page: bytes(page), siblings: siblings.map(bytes) };
}
