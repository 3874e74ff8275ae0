import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import {
  FAKE_BACKEND_VERSION,
  FAKE_PARAMETERS,
  FAKE_PARAMETERS_DIGEST,
} from '../../prover/fake-host/fake-identity.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { Sequencer, type StoredBatch } from '../../queue/broker/sequencer.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { encodeEntry } from '../../queue/store/command-log.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import { MarketLog } from '../../queue/store/market-log.ts';
import { decodeMarketLog } from '../../queue/store/market-log-content.ts';
import type { MarketLogRecord } from '../../queue/store/market-log-format.ts';
import { checkRound, MARKER_NAME, type RoundDamage } from './check-round.ts';
import { batchesInOrder, requestsInOrder } from './compare-log.ts';
import type { AckedRequest } from './http-client.ts';

// A check that cannot fail says nothing: here each kind of damage is done to a whole directory, and must be found.

const BATCHES = 3;
const COMMANDS = 4;
const image = loadGuestImage();
const marker = `check-${process.pid}`;

let data: string;
let directory: DataDirectory;
let batches: StoredBatch[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'proofbook-check-'));
  directory = new DataDirectory(data);
  const policy = proofPolicy('fake', image, { allowFake: true });
  const sequencer = Sequencer.create(directory, policy, DEFAULT_MARKET_CONFIG);
  const { commands } = seededFlow(3n, BATCHES * COMMANDS);
  batches = Array.from({ length: BATCHES }, (_, index) => {
    const part = commands.slice(index * COMMANDS, (index + 1) * COMMANDS);
    return sequencer.seal(encodeCommands(part.map(({ command }) => command)), BigInt(index + 1));
  });
});

afterEach(() => {
  directory.close();
  rmSync(data, { recursive: true });
});

const accepted = () => batches.map(({ sealed }) => sealed.commands);
const check = (taken = accepted()): Promise<RoundDamage> =>
  checkRound(data, batchesInOrder(taken), marker, { acceptFake: true });

function close(batch: StoredBatch | undefined, journal = batch?.sealed.journal): void {
  if (batch === undefined || journal === undefined) throw new Error('the batch was sealed');
  const receipt = new Receipt({
    kind: 'fake',
    backend: 'fake',
    backendVersion: FAKE_BACKEND_VERSION,
    imageId: image.imageId,
    parameters: FAKE_PARAMETERS,
    parametersDigest: FAKE_PARAMETERS_DIGEST,
    journal,
    seal: new Uint8Array(0),
    session: {
      instructionCount: 0,
      traceCells: 0,
      segmentCount: 0,
      executeDurationMs: 0,
      proveDurationMs: 0,
      peakMemoryBytes: null,
    },
  });
  directory.claims.closeProven({ jobId: batch.jobId, token: 0 }, directory.content.put(receipt.encode()), 1);
}

const closeAll = (): void => {
  for (const batch of batches) close(batch);
};
const entryOf = (index: number) =>
  encodeEntry({
    batchNumber: BigInt(index + 1),
    timestampNs: BigInt(index + 1),
    commands: batches[index]?.sealed.commands ?? new Uint8Array(),
  });

describe('the check of a round', () => {
  test('finds nothing where nothing is wrong', async () => {
    closeAll();
    expect(await check()).toEqual({ lost: 0, doubled: 0, orphans: 0, unproven: 0, problems: [] });
  });

  test('finds an accepted batch that the log does not have', async () => {
    closeAll();
    const { commandLog } = directory.paths;
    truncateSync(commandLog, readFileSync(commandLog).length - entryOf(BATCHES - 1).length);
    expect(await check()).toMatchObject({ lost: 1, doubled: 0 });
  });

  test('finds batches in another order', async () => {
    closeAll();
    expect(await check([...accepted()].reverse())).toMatchObject({ lost: 2 });
  });

  test('finds a batch that is in the log twice, and one that nobody was told of', async () => {
    closeAll();
    expect(await check(accepted().slice(0, 2))).toMatchObject({ lost: 0, doubled: 1 });
    appendFileSync(directory.paths.commandLog, entryOf(0));
    const { doubled } = await check();
    expect(doubled).toBeGreaterThan(0);
  });

  test('finds a batch that was proven twice', async () => {
    closeAll();
    const jobId = batches[0]?.jobId ?? '';
    const row = directory.rows.get(jobId);
    const other = '9'.repeat(64);
    directory.rows.insert({ ...row, jobId: other });
    directory.claims.closeProven({ jobId: other, token: 0 }, row.receiptDigest ?? '', 1);
    expect(await check()).toMatchObject({ doubled: 1, unproven: 0 });
  });

  test('finds a batch without a receipt', async () => {
    close(batches[0]);
    close(batches[1]);
    expect(await check()).toMatchObject({ lost: 0, unproven: 1 });
  });

  test('finds a receipt about another batch, one that is damaged, and one that holds no proof', async () => {
    close(batches[0]);
    close(batches[1]);
    close(batches[2], batches[1]?.sealed.journal);
    expect(await check()).toMatchObject({ unproven: 1 });
    const strict = await checkRound(data, batchesInOrder(accepted()), marker, { acceptFake: false });
    expect(strict.unproven).toBe(BATCHES);
    const { receiptDigest } = directory.rows.get(batches[0]?.jobId ?? '');
    appendFileSync(directory.content.pathOf(receiptDigest ?? ''), 'x');
    expect((await check()).unproven).toBe(BATCHES);
  });

  test('finds a process that was left behind', async () => {
    closeAll();
    const child = spawn('sleep', ['60'], { env: { ...process.env, [MARKER_NAME]: marker } });
    expect(await check()).toMatchObject({ orphans: 1, lost: 0, unproven: 0 });
    child.kill('SIGKILL');
  });
});

describe('the check of a round through HTTP', () => {
  let path: string;
  const requests: AckedRequest[] = [];
  const record = (id: number, client: number, firstCommandNumber: number): AckedRequest => ({
    client,
    idempotencyKey: `request-${id}`,
    records: encodeCommands([{ kind: 'cancel', account: 1, orderId: BigInt(id) }]),
    firstCommandNumber,
    answer: '',
  });

  beforeEach(async () => {
    path = join(data, 'requests.log');
    MarketLog.create(path, encodeMarketConfig(DEFAULT_MARKET_CONFIG));
    requests.splice(0, requests.length, record(1, 0, 1), record(2, 1, 2), record(3, 0, 3));
    const { log } = await MarketLog.open(path);
    await log.append(
      requests.map(({ records }): MarketLogRecord => {
        const digest = new Uint8Array(32);
        return { kind: 'commands', timestampNs: 1n, keyDigest: digest, contentDigest: digest, records };
      }),
    );
    await log.close();
  });

  const compare = (acked: readonly AckedRequest[]) => {
    const problems: string[] = [];
    const read = () => decodeMarketLog(path, readFileSync(path));
    return { ...requestsInOrder(acked, read)(data, undefined, problems), problems: problems.length };
  };

  test('finds nothing where nothing is wrong', () => {
    expect(compare(requests)).toEqual({ lost: 0, doubled: 0, problems: 0 });
  });

  test('finds a request that is not where its ack said, and one that is nowhere', () => {
    expect(compare([...requests.slice(0, 2), record(3, 0, 2)])).toMatchObject({ lost: 1 });
    expect(compare([...requests, record(4, 1, 4)])).toMatchObject({ lost: 1 });
  });

  test('finds requests of one client in another order', () => {
    const [first, second, third] = requests as [AckedRequest, AckedRequest, AckedRequest];
    expect(compare([third, second, first])).toMatchObject({ lost: 1 });
  });

  test('finds a request that is there twice', () => {
    expect(compare(requests.slice(0, 2))).toMatchObject({ doubled: 1 });
  });

  test('finds a log that cannot be read', () => {
    rmSync(path);
    expect(compare(requests)).toMatchObject({ lost: 3, problems: 1 });
  });
});
