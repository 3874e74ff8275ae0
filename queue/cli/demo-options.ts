import { resolve } from 'node:path';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type JobReceiptKind, PROOF_KINDS } from '../store/job-row.ts';
import { oneOf, parseCommandLine, wholeNumber } from './arguments.ts';

/** A file of order flow; an ITCH file holds many symbols. */
export type FlowFile =
  | { readonly format: 'lobster'; readonly path: string }
  | { readonly format: 'itch'; readonly path: string; readonly symbol: string };

/** What `proofbook demo` was asked to do. */
export interface DemoOptions {
  readonly seed: bigint;
  /** A file of order flow in place of the seed. */
  readonly input: FlowFile | undefined;
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
const INPUT = /^(?:lobster:(?<lobster>.+)|itch:(?<itch>.+):(?<symbol>[!-9;-~]{1,8}))$/;

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
  const input = values.input === undefined ? undefined : parseInput(values.input);
  return {
    seed: parseSeed(values.seed),
    input,
    orders: parseOrders(values.orders, input !== undefined),
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

function parseInput(text: string): FlowFile {
  const { lobster, itch, symbol } = INPUT.exec(text)?.groups ?? {};
  if (lobster !== undefined) return { format: 'lobster', path: lobster };
  if (itch !== undefined && symbol !== undefined) return { format: 'itch', path: itch, symbol };
  const reason = 'must be lobster:FILE or itch:FILE:SYMBOL';
  throw new ProofbookError('USAGE', { field: '--input', value: JSON.stringify(text), reason });
}

function freshDirectory(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `.proofbook/demo-${stamp}-${process.pid}`;
}
