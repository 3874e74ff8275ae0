import { readFileSync } from 'node:fs';
import { isAggregateJournal } from '../../engine/aggregate-journal.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { OwnHosts } from '../../prover/verifier/own-hosts.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { type AggregateVerdict, aggregateSentence, verifyAggregateFile } from './aggregate-verdict.ts';
import { parseCommandLine } from './arguments.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { errorAsJson, errorAsText, type Output } from './output.ts';

type Verdict =
  | AggregateVerdict
  | { readonly file: string; readonly verified: false; readonly error: ReturnType<typeof errorAsJson> }
  | {
      readonly file: string;
      readonly verified: true;
      readonly kind: string;
      readonly batchNumber: string;
      readonly commandCount: number;
      readonly transitionCount: number;
      readonly preStateRoot: string;
      readonly postStateRoot: string;
      readonly transitionsRoot: string;
      readonly verifyMilliseconds: number;
    };

/** `proofbook verify`: each receipt by itself, against the pinned image and parameters. Exit 0 only if all hold. */
export async function runVerify(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parseCommandLine(
    args,
    { 'accept-fake': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    true,
  );
  if (positionals.length === 0) {
    throw new ProofbookError('USAGE', { field: 'FILE', value: 'absent', reason: 'name a receipt file' });
  }
  const hosts = new OwnHosts(PINNED_PARAMETERS);
  const verdicts: Verdict[] = [];
  let exitCode: number = EXIT_CODES.success;
  try {
    for (const file of positionals) {
      try {
        verdicts.push(await verifyFile(file, hosts, values['accept-fake']));
      } catch (error) {
        // The first refusal gives the exit code; the others are still told.
        if (exitCode === EXIT_CODES.success) exitCode = exitCodeOf(error);
        verdicts.push({ file, verified: false, error: errorAsJson(error) });
        output.progress.say(`${file}: refused: ${errorAsText(error)}`);
      }
    }
  } finally {
    await hosts.close();
  }
  const verified = verdicts.every((verdict) => verdict.verified);
  if (values.json) output.result(JSON.stringify({ verified, receipts: verdicts }));
  else for (const verdict of verdicts) if (verdict.verified) output.result(sentence(verdict));
  return exitCode;
}

async function verifyFile(file: string, hosts: OwnHosts, acceptFake: boolean): Promise<Verdict> {
  const receipt = Receipt.decode(readReceiptFile(file));
  const options = { prover: hosts, ...(acceptFake ? { acceptFake } : {}) };
  if (isAggregateJournal(receipt.journal)) return verifyAggregateFile(file, receipt, options);
  const journal = decodeJournal(receipt.journal);
  const startedMs = performance.now();
  await receipt.verify(PINNED_IMAGE.imageId, options);
  return {
    file,
    verified: true,
    kind: receipt.kind,
    batchNumber: String(journal.batchNumber),
    commandCount: journal.commandCount,
    transitionCount: journal.transitionCount,
    preStateRoot: Buffer.from(journal.preStateRoot).toString('hex'),
    postStateRoot: Buffer.from(journal.postStateRoot).toString('hex'),
    transitionsRoot: Buffer.from(journal.transitionsRoot).toString('hex'),
    verifyMilliseconds: Math.round(performance.now() - startedMs),
  };
}

/** The bytes of a receipt file. @throws FILE_UNREADABLE */
export function readReceiptFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProofbookError('FILE_UNREADABLE', { path, reason }, { cause: error });
  }
}

function sentence(verdict: Extract<Verdict, { verified: true }>): string {
  if ('batches' in verdict) return aggregateSentence(verdict);
  const { file, kind, batchNumber, commandCount, transitionCount, postStateRoot, verifyMilliseconds } =
    verdict;
  const proof = kind === 'fake' ? 'FAKE, no proof at all, accepted because you asked' : `${kind} proof holds`;
  return `${file}: ${proof}: batch ${batchNumber}, ${commandCount} commands, ${transitionCount} transitions, state root ${postStateRoot} (${verifyMilliseconds} ms)`;
}
