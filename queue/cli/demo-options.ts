import { resolve } from 'node:path';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type JobReceiptKind, PROOF_KINDS } from '../store/job-row.ts';
import { oneOf, parseCommandLine, wholeNumber } from './arguments.ts';

/** What `proofbook demo` was asked to do. */
export interface DemoOptions {
  readonly seed: bigint;
  /** A LOBSTER message file in place of the seed. */
  readonly lobsterFile: string | undefined;
  /** Commands in all; undefined takes all that the file holds. */
  readonly orders: number | undefined;
  readonly batchSize: number;
  readonly kind: JobReceiptKind;
  readonly workers: number;
  readonly data: string;
  readonly json: boolean;
}

const ORDERS_MAX = 1_000_000;
/** Of made order flow, which has no end: about a minute of proving. */
const ORDERS_DEFAULT = 200;
const BATCH_SIZE_MAX = 1024;
const WORKERS_MAX = 64;
const LOBSTER_PREFIX = 'lobster:';

/** Reads the options of `proofbook demo`. @throws USAGE naming the option and its value */
export function parseDemoOptions(args: readonly string[], now: Date): DemoOptions {
  const { values } = parseCommandLine(
    args,
    {
      seed: { type: 'string', default: '1' },
      orders: { type: 'string' },
      'batch-size': { type: 'string', default: '100' },
      input: { type: 'string' },
      kind: { type: 'string', default: 'app' },
      workers: { type: 'string', default: '1' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const lobsterFile = values.input === undefined ? undefined : parseInput(values.input);
  return {
    seed: parseSeed(values.seed),
    lobsterFile,
    orders: parseOrders(values.orders, lobsterFile !== undefined),
    batchSize: wholeNumber('--batch-size', values['batch-size'], 1, BATCH_SIZE_MAX),
    kind: oneOf('--kind', values.kind, PROOF_KINDS),
    workers: wholeNumber('--workers', values.workers, 1, WORKERS_MAX),
    data: resolve(values.data ?? freshDirectory(now)),
    json: values.json,
  };
}

function parseSeed(text: string): bigint {
  const seed = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (seed < 0n || seed >= 2n ** 64n) {
    const reason = 'must be a whole number, 0 .. 2^64-1';
    throw new ProofbookError('USAGE', { field: '--seed', value: JSON.stringify(text), reason });
  }
  return seed;
}

function parseOrders(text: string | undefined, isFile: boolean): number | undefined {
  if (text === undefined) return isFile ? undefined : ORDERS_DEFAULT;
  if (text !== 'all') return wholeNumber('--orders', text, 1, ORDERS_MAX);
  if (isFile) return undefined;
  const reason = 'only a file has an end: name it with --input';
  throw new ProofbookError('USAGE', { field: '--orders', value: '"all"', reason });
}

function parseInput(text: string): string {
  const file = text.startsWith(LOBSTER_PREFIX) ? text.slice(LOBSTER_PREFIX.length) : '';
  if (file === '') {
    const reason = 'must be lobster:FILE';
    throw new ProofbookError('USAGE', { field: '--input', value: JSON.stringify(text), reason });
  }
  return file;
}

function freshDirectory(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `.proofbook/demo-${stamp}-${process.pid}`;
}
