import { isIP } from 'node:net';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { SealRules } from '../broker/intake.ts';
import { JOB_RECEIPT_KINDS, type JobReceiptKind } from '../store/job-row.ts';
import { oneOf, parseCommandLine, required, wholeNumber } from './arguments.ts';

/** What `proofbook serve` was asked to do. */
export interface ServeOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly kind: JobReceiptKind;
  /** Of a data directory that has no market yet. */
  readonly market: { readonly marketId: bigint; readonly tickSize: bigint; readonly lotSize: bigint };
  readonly sealRules: SealRules;
  readonly openBatchesMax: number;
  readonly requestsPerMinute: number;
  readonly asksForKeys: boolean;
  readonly json: boolean;
}

const WORKERS_MAX = 64;
const PORT_MAX = 65_535;
const BATCH_COMMANDS_MAX = 1024;
const HOUR_MS = 3_600_000;
const MANY = 1_000_000_000;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

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
      'market-id': { type: 'string', default: '1' },
      'tick-size': { type: 'string', default: '1' },
      'lot-size': { type: 'string', default: '1' },
      // Of the sizes that were measured, the one that gives most orders proven a second.
      'seal-commands': { type: 'string', default: '1000' },
      'seal-after-ms': { type: 'string', default: '1000' },
      'open-batches': { type: 'string', default: '10000' },
      'requests-per-minute': { type: 'string', default: '60000' },
      'no-auth': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const size = (option: 'market-id' | 'tick-size' | 'lot-size', min: number): bigint =>
    BigInt(wholeNumber(`--${option}`, values[option], min, Number.MAX_SAFE_INTEGER));
  return {
    data: required('--data', values.data),
    host: hostOf(values.host, values['no-auth']),
    port: wholeNumber('--port', values.port, 0, PORT_MAX),
    workers: wholeNumber('--workers', values.workers, 0, WORKERS_MAX),
    kind: oneOf('--kind', values.kind, JOB_RECEIPT_KINDS),
    market: { marketId: size('market-id', 0), tickSize: size('tick-size', 1), lotSize: size('lot-size', 1) },
    sealRules: {
      commandCount: wholeNumber('--seal-commands', values['seal-commands'], 1, BATCH_COMMANDS_MAX),
      ageMs: wholeNumber('--seal-after-ms', values['seal-after-ms'], 1, HOUR_MS),
    },
    openBatchesMax: wholeNumber('--open-batches', values['open-batches'], 1, MANY),
    requestsPerMinute: wholeNumber('--requests-per-minute', values['requests-per-minute'], 1, MANY),
    asksForKeys: !values['no-auth'],
    json: values.json,
  };
}

/** Whoever can be reached from other machines asks for keys. */
function hostOf(host: string, isOpenToAll: boolean): string {
  if (isIP(host) === 0 && host !== 'localhost') {
    throw new ProofbookError('USAGE', {
      field: '--host',
      value: JSON.stringify(host),
      reason: 'must be an address',
    });
  }
  if (isOpenToAll && !LOOPBACK.test(host)) {
    const reason = 'only a loopback address may be served without API keys';
    throw new ProofbookError('USAGE', { field: '--no-auth', value: `with --host ${host}`, reason });
  }
  return host;
}
