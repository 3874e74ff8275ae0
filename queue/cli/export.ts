import { Engine } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { OwnHosts } from '../../prover/verifier/own-hosts.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { CommandLog } from '../store/command-log.ts';
import { contentDigest } from '../store/content-digest.ts';
import { dataPaths } from '../store/data-directory.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import { encodeStateFile } from '../store/state-file.ts';
import { parseCommandLine, required, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { replayReceipts } from './replay-receipts.ts';

/**
 * `proofbook export --batch N --data DIR --out FILE`: the whole book after batch N. The log is replayed against the receipts up to there, and the
 * receipt of batch N, whose journal has the root of this state, is verified before the file is written.
 */
export async function runExport(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      batch: { type: 'string' },
      data: { type: 'string' },
      out: { type: 'string' },
      'accept-fake': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const paths = dataPaths(required('--data', values.data));
  const out = required('--out', values.out);
  const log = new CommandLog(paths.commandLog).read();
  const batch = wholeNumber('--batch', required('--batch', values.batch), 1, log.batches.length);
  const engine = Engine.create(decodeMarketConfig(log.marketConfig));
  const until = { ...log, batches: log.batches.slice(0, batch) };
  const last = Array.from(replayReceipts(paths, until, output.progress, engine), ({ receipt }) => receipt).at(
    -1,
  );
  if (last === undefined) throw new Error('a log with batches was replayed to nothing');
  const hosts = new OwnHosts(PINNED_PARAMETERS);
  try {
    await last.verify(PINNED_IMAGE.imageId, {
      prover: hosts,
      ...(values['accept-fake'] ? { acceptFake: true } : {}),
    });
  } finally {
    await hosts.close();
  }
  output.progress.finish();
  writeFileDurably(
    out,
    new TextEncoder().encode(encodeStateFile(engine.snapshot(), contentDigest(last.encode()))),
  );
  const stateRoot = hex(decodeJournal(last.journal).postStateRoot);
  output.result(
    values.json
      ? JSON.stringify({ verified: true, batchNumber: String(batch), stateRoot, file: out })
      : `${out}: the book after batch ${batch}, state root ${stateRoot}, which its ${last.kind} receipt ${last.kind === 'fake' ? 'claims without a proof' : 'proves'}`,
  );
  return EXIT_CODES.success;
}
