import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { CommandLog, encodeEntry } from '../../queue/store/command-log.ts';
import { ContentStore } from '../../queue/store/content-store.ts';
import type { LoggedBatch } from '../../queue/store/logged-batch.ts';

/** The receipt file of one of the first nine batches. */
export const receiptOf = (root: string, number: number): string =>
  join(root, 'receipts', `000${number}.receipt`);

/** The bytes with the lowest bit of one of them turned. */
export function flip(bytes: Uint8Array, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
}

/** Turns a bit of a file. */
export function flipFile(path: string, at: number): void {
  writeFileSync(path, flip(readFileSync(path), at));
}

/** Replaces the receipt of a batch by what `alter` makes of it. */
export function alterReceipt(root: string, number: number, alter: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(receiptOf(root, number), alter(readFileSync(receiptOf(root, number))));
}

export function withJournal(bytes: Buffer): Uint8Array {
  const receipt = Receipt.decode(bytes);
  // A byte of postStateRoot: the claim of a thief who wants another state.
  return new Receipt({ ...contentOf(receipt), journal: flip(receipt.journal, 128) }).encode();
}

/** A bit of the seal is turned. */
export function withSeal(bytes: Buffer): Uint8Array {
  const receipt = Receipt.decode(bytes);
  return new Receipt({ ...contentOf(receipt), seal: flip(receipt.seal, receipt.seal.length >> 1) }).encode();
}

/** The receipt of another program. */
export function withImageId(bytes: Buffer): Uint8Array {
  const receipt = Receipt.decode(bytes);
  return new Receipt({ ...contentOf(receipt), imageId: 'a'.repeat(64) as Receipt['imageId'] }).encode();
}

/** The same statement as a fake receipt. */
export function withoutProof(bytes: Buffer): Uint8Array {
  const receipt = Receipt.decode(bytes);
  return new Receipt({
    ...contentOf(receipt),
    kind: 'fake',
    backend: 'fake',
    seal: new Uint8Array(0),
  }).encode();
}

/** What a receipt is made of. */
export function contentOf(receipt: Receipt) {
  const { kind, backend, backendVersion, imageId, parametersDigest, parameters, journal, seal, session } =
    receipt;
  return { kind, backend, backendVersion, imageId, parametersDigest, parameters, journal, seal, session };
}

export function swapReceipts(root: string): void {
  const aside = join(root, 'aside');
  renameSync(receiptOf(root, 1), aside);
  renameSync(receiptOf(root, 2), receiptOf(root, 1));
  renameSync(aside, receiptOf(root, 2));
}

/** Writes the command log anew, its digests mended. */
export function rewriteLog(
  root: string,
  change: (batches: readonly LoggedBatch[]) => readonly LoggedBatch[],
): void {
  const path = join(root, 'commands.log');
  const { marketConfig, batches } = new CommandLog(path).read();
  rmSync(path);
  new CommandLog(path).create(marketConfig);
  const entries = change(batches).map(encodeEntry);
  writeFileSync(path, Buffer.concat([readFileSync(path), ...entries]));
}

export function otherQuantity(batches: readonly LoggedBatch[]): readonly LoggedBatch[] {
  return batches.map((batch, index) =>
    index === 0 ? { ...batch, commands: flip(batch.commands, 24) } : batch,
  );
}

export function otherTime(batches: readonly LoggedBatch[]): readonly LoggedBatch[] {
  return batches.map((batch, index) =>
    index === 1 ? { ...batch, timestampNs: batch.timestampNs + 1n } : batch,
  );
}

export function withoutLastCommand(batches: readonly LoggedBatch[]): readonly LoggedBatch[] {
  return batches.map((batch, index) =>
    index === 0 ? { ...batch, commands: batch.commands.subarray(0, batch.commands.length - 32) } : batch,
  );
}

export function editManifest(root: string, change: Readonly<Record<string, unknown>>): void {
  const path = join(root, 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

/** Alters the transitions that the store keeps of a batch: in their file, or under a mended address that the row names. */
export function alterKeptTransitions(
  root: string,
  batchNumber: number,
  alter: (bytes: Uint8Array) => Uint8Array,
  isMended: boolean,
): void {
  const content = new ContentStore(join(root, 'content'));
  const rows = new DatabaseSync(join(root, 'rows.sqlite'));
  try {
    const [row] = rows.prepare('SELECT transitions_digest FROM jobs WHERE batch_number = ?').all(batchNumber);
    const digest = String(row?.transitions_digest);
    const altered = alter(content.get(digest));
    if (!isMended) writeFileSync(content.pathOf(digest), altered);
    else
      rows
        .prepare('UPDATE jobs SET transitions_digest = ? WHERE batch_number = ?')
        .run(content.put(altered), batchNumber);
  } finally {
    rows.close();
  }
}
