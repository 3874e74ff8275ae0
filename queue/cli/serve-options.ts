import { resolve } from 'node:path';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { JOB_RECEIPT_KINDS, type JobReceiptKind } from '../store/job-row.ts';
import { oneOf, parseCommandLine, required, wholeNumber } from './arguments.ts';

/** What `proofbook serve` was asked to do. */
export interface ServeOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** Worker processes for each market. */
  readonly workers: number;
  readonly kind: JobReceiptKind;
  readonly allowFake: boolean;
  /** Markets that are started unless they are there. */
  readonly markets: readonly bigint[];
  readonly marketConfig: MarketConfig;
  /** Records after which a batch is sealed. */
  readonly batchSize: number;
  readonly batchAgeMs: number;
  readonly openJobsMax: number;
  readonly noAuth: boolean;
  readonly logLevel: string;
  readonly logFile: string | undefined;
  readonly json: boolean;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const DAY_MS = 86_400_000;

/** Reads the options of `proofbook serve`. @throws USAGE naming the option and its value */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const { values } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8787' },
      workers: { type: 'string', default: '1' },
      kind: { type: 'string', default: 'app' },
      'allow-fake': { type: 'boolean', default: false },
      market: { type: 'string', multiple: true, default: ['1'] },
      'batch-size': { type: 'string', default: '1024' },
      'batch-age-ms': { type: 'string', default: '1000' },
      'open-jobs': { type: 'string', default: '10000' },
      'no-auth': { type: 'boolean', default: false },
      'log-level': { type: 'string', default: 'info' },
      'log-file': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  if (values['no-auth']) requireLoopback(values.host);
  return {
    data: resolve(required('--data', values.data)),
    host: values.host,
    port: wholeNumber('--port', values.port, 0, 65_535),
    workers: wholeNumber('--workers', values.workers, 0, 64),
    kind: oneOf('--kind', values.kind, JOB_RECEIPT_KINDS),
    allowFake: values['allow-fake'],
    markets: values.market.map(parseMarketId),
    marketConfig: DEFAULT_MARKET_CONFIG,
    batchSize: wholeNumber('--batch-size', values['batch-size'], 1, 1024),
    batchAgeMs: wholeNumber('--batch-age-ms', values['batch-age-ms'], 1, DAY_MS),
    openJobsMax: wholeNumber('--open-jobs', values['open-jobs'], 1, 1_000_000),
    noAuth: values['no-auth'],
    logLevel: oneOf('--log-level', values['log-level'], LOG_LEVELS),
    logFile: values['log-file'],
    json: values.json,
  };
}

function parseMarketId(text: string): bigint {
  const marketId = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (marketId >= 0n && marketId < 1n << 64n) return marketId;
  const reason = 'must be a whole number, 0 .. 2^64-1';
  throw new ProofbookError('USAGE', { field: '--market', value: JSON.stringify(text), reason });
}

/** Without keys everybody who reaches the service may do everything: only this machine may. */
function requireLoopback(host: string): void {
  if (host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)) return;
  const reason = `whoever reaches ${host} could do everything: it is for loopback only`;
  throw new ProofbookError('USAGE', { field: '--no-auth', value: 'given', reason });
}
