import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hex } from '../../engine/hex.ts';
import type { StoredBatch } from '../broker/sequencer.ts';
import type { CommandSource } from '../order-flow/command-source.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import type { CheckedInclusion, ProofChecks } from './check-proofs.ts';
import type { DemoOptions } from './demo-options.ts';
import { renderTable } from './table.ts';

/** What a finished demo knows. */
export interface DemoOutcome {
  readonly options: DemoOptions;
  readonly source: CommandSource;
  readonly directory: DataDirectory;
  readonly batches: readonly StoredBatch[];
  readonly checks: ProofChecks;
  readonly queueBackend: string;
  /** From the first job in the queue to the last proof in the store. */
  readonly proveWallMs: number;
}

const SHORT_DIGITS = 12;
const LAUNCHER = fileURLToPath(new URL('./bin.mjs', import.meta.url));

/** The object that `demo --json` prints. It exists only when every check held: a failed one throws before. */
export function demoReport(outcome: DemoOutcome) {
  const { options, source, directory, batches, checks, queueBackend, proveWallMs } = outcome;
  const rows = checks.receipts.map(({ receipt, journal, path, verifyDurationMs }, index) => ({
    number: Number(journal.batchNumber),
    commands: journal.commandCount,
    transitions: journal.transitionCount,
    preStateRoot: hex(journal.preStateRoot),
    postStateRoot: hex(journal.postStateRoot),
    commandsRoot: hex(journal.commandsRoot),
    transitionsRoot: hex(journal.transitionsRoot),
    kind: receipt.kind,
    proveSeconds: rounded(receipt.proveDurationMs / 1000, 3),
    verifyMilliseconds: rounded(verifyDurationMs, 1),
    instructionCount: receipt.session.instructionCount,
    traceCells: receipt.session.traceCells,
    segmentCount: receipt.session.segmentCount,
    peakMemoryBytes: receipt.session.peakMemoryBytes,
    compressionCount: batches[index]?.sealed.compressionCount ?? 0,
    attempts: directory.rows.attempts(batches[index]?.jobId ?? '').length,
    receiptPath: path,
    receiptBytes: receipt.encode().length,
  }));
  const ordersProven = rows.reduce((sum, { commands }) => sum + commands, 0);
  const proveSeconds = rows.reduce((sum, row) => sum + row.proveSeconds, 0);
  return {
    verified: true,
    seed: options.input === undefined ? String(options.seed) : null,
    source: source.description,
    input: 'counts' in source ? source.counts : null,
    queue: queueBackend,
    data: options.data,
    orders_proven: ordersProven,
    prove_seconds: rounded(proveSeconds, 3),
    orders_proven_per_second: rounded(ordersProven / proveSeconds, 3),
    prove_wall_seconds: rounded(proveWallMs / 1000, 3),
    batches: rows,
    inclusion: checks.inclusion === undefined ? null : inclusionReport(checks.inclusion),
  };
}

export type DemoReport = ReturnType<typeof demoReport>;

/** The table for people. */
export function reportAsText(report: DemoReport): string {
  const header = [
    'batch',
    'commands',
    'transitions',
    'state root',
    'transitions root',
    'proof',
    'prove s',
    'verify ms',
  ];
  const rows = report.batches.map((batch) => [
    String(batch.number),
    String(batch.commands),
    String(batch.transitions),
    `${short(batch.preStateRoot)} > ${short(batch.postStateRoot)}`,
    short(batch.transitionsRoot),
    batch.kind,
    batch.proveSeconds.toFixed(1),
    batch.verifyMilliseconds.toFixed(0),
  ]);
  const { inclusion } = report;
  const fill =
    inclusion === null
      ? 'inclusion: no batch has a fill'
      : `inclusion: transition ${inclusion.recordIndex} of batch ${inclusion.batchNumber}, a fill of ${inclusion.quantityLots} lots at ${inclusion.priceTicks} ticks, is under the proven root`;
  const place = relative(process.cwd(), report.data) || '.';
  const launcher = relative(process.cwd(), LAUNCHER);
  return [
    renderTable(header, rows),
    '',
    `verified: ${report.batches.length} receipts and their chain from genesis, ${report.orders_proven} commands in ${report.prove_seconds.toFixed(1)} s of proving (${report.orders_proven_per_second.toFixed(1)} a second)`,
    fill,
    `try: node ${launcher} verify ${place}/receipts/0001.receipt`,
    `     node ${launcher} audit --from-genesis ${place}`,
  ].join('\n');
}

function inclusionReport(inclusion: CheckedInclusion) {
  const { transition, batchNumber, ...rest } = inclusion;
  return {
    verified: true,
    ...rest,
    batchNumber: Number(batchNumber),
    sequence: String(transition.sequence),
    takerOrderId: String(transition.orderId),
    makerOrderId: String(transition.makerOrderId),
    priceTicks: String(transition.price),
    quantityLots: String(transition.quantity),
  };
}

function short(digest: string): string {
  return digest.slice(0, SHORT_DIGITS);
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
