import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { Engine } from '../../engine/engine.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { messageOf } from '../../engine/message-of.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import type { SealVerifier } from '../../prover/sdk/verify-seal.ts';
import { PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import { verifyLinks } from '../../prover/verifier/verify-chain.ts';
import type { CommandLogContent } from '../../queue/store/command-log.ts';
import { DataDirectory, dataPaths } from '../../queue/store/data-directory.ts';

/** What a round cost; all zero when it cost nothing. */
export interface RoundDamage {
  /** Accepted batches that the log does not hold in their place. */
  readonly lost: number;
  /** Batches that the log or the rows hold, or that were proven, more than once. */
  readonly doubled: number;
  /** Processes of the round that still run after its end. */
  readonly orphans: number;
  /** Batches without one verified receipt that continues the chain. */
  readonly unproven: number;
  /** What was found, in words. */
  readonly problems: readonly string[];
}

/** How receipts are looked at. */
export interface ReceiptCheck {
  readonly acceptFake: boolean;
  readonly prover?: SealVerifier;
}

/** Looks for what was accepted in the log of a data directory; `log` is undefined when it could not be read. */
export type LogComparison = (
  data: string,
  log: CommandLogContent | undefined,
  problems: string[],
) => { readonly lost: number; readonly doubled: number };

/**
 * Looks at a data directory whose processes have ended, trusting nothing but its files: the log against what was accepted,
 * and every batch of the log, replayed by an engine of our own, against its row and its receipt.
 */
export async function checkRound(
  data: string,
  compareLog: LogComparison,
  marker: string,
  check: ReceiptCheck,
): Promise<RoundDamage> {
  const problems: string[] = [];
  const orphans = processesMarked(marker);
  for (const { pid, command } of orphans) problems.push(`process ${pid} still runs: ${command}`);
  const log = readLog(data, problems);
  const { lost, doubled } = compareLog(data, log, problems);
  const proofs = await checkProofs(data, log, problems, check);
  return {
    lost,
    doubled: doubled + proofs.doubled,
    orphans: orphans.length,
    unproven: proofs.unproven,
    problems,
  };
}

function readLog(data: string, problems: string[]): CommandLogContent | undefined {
  const directory = new DataDirectory(data);
  try {
    return existsSync(dataPaths(data).commandLog) ? directory.commandLog.read() : undefined;
  } catch (error) {
    problems.push(`the log cannot be read: ${messageOf(error)}`);
    return undefined;
  } finally {
    directory.close();
  }
}

async function checkProofs(
  data: string,
  log: CommandLogContent | undefined,
  problems: string[],
  check: ReceiptCheck,
): Promise<{ readonly doubled: number; readonly unproven: number }> {
  if (log === undefined) return { doubled: 0, unproven: 0 };
  const directory = new DataDirectory(data);
  const engine = Engine.create(decodeMarketConfig(log.marketConfig));
  const rows = directory.rows.list();
  let doubled = 0;
  const proven: Receipt[] = [];
  try {
    for (const { batchNumber, commands, timestampNs } of log.batches) {
      const sealed = engine.applyBatch(commands, timestampNs);
      const own = rows.filter((row) => BigInt(row.batchNumber) === batchNumber);
      const [row] = own;
      const closings = own.flatMap(({ jobId }) =>
        directory.rows.changes(jobId).filter(({ state }) => state === 'proven'),
      );
      if (own.length > 1 || closings.length > 1) {
        doubled += 1;
        problems.push(`batch ${batchNumber} has ${own.length} jobs, proven ${closings.length} times`);
      }
      if (row?.receiptDigest === undefined) {
        problems.push(`batch ${batchNumber} is ${row?.state ?? 'in no row'}: ${row?.errorMessage ?? ''}`);
        continue;
      }
      const receipt = Receipt.decode(directory.content.get(row.receiptDigest));
      const { prover, acceptFake } = check;
      await receipt.verify(PINNED_IMAGE.imageId, {
        ...(acceptFake ? { acceptFake: true } : {}),
        ...(prover === undefined ? {} : { prover }),
      });
      if (Buffer.from(receipt.journal).equals(sealed.journal)) proven.push(receipt);
      else problems.push(`batch ${batchNumber}: its receipt is about another journal`);
    }
    verifyLinks(
      proven.map(({ journal }) => decodeJournal(journal)),
      { configDigest: blake3(log.marketConfig) as Digest, fromGenesis: true },
    );
  } catch (error) {
    problems.push(`the chain does not hold: ${messageOf(error)}`);
    return { doubled, unproven: log.batches.length };
  } finally {
    directory.close();
  }
  return { doubled, unproven: log.batches.length - proven.length };
}

/** The variable that every process of a round inherits. */
export const MARKER_NAME = 'PROOFBOOK_CHAOS_ROUND';

/** Every running process of this machine that inherited the marker; zombies have ended. */
export function processesMarked(
  marker: string,
): readonly { readonly pid: number; readonly command: string }[] {
  const found: { readonly pid: number; readonly command: string }[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      if (!environment.split('\0').includes(`${MARKER_NAME}=${marker}`)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // A zombie has no command line any more.
      if (command !== '') found.push({ pid: Number(name), command });
    } catch {
      // It ended while we looked, or is another user's.
    }
  }
  return found;
}
