import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandLog, encodeEntry } from '../../queue/store/command-log.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { seededBytes } from '../support/random-bytes.ts';

const CONFIG = seededBytes(64, 1);
const BATCHES = [
  { batchNumber: 1n, timestampNs: 5n, commands: seededBytes(96, 2) },
  { batchNumber: 2n, timestampNs: 2n ** 64n - 1n, commands: seededBytes(32, 3) },
];

let folder: string;
let log: CommandLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-log-'));
  log = new CommandLog(join(folder, 'commands.log'));
  log.create(CONFIG);
  for (const batch of BATCHES) log.append(batch);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('command log', () => {
  test('gives back every batch', () => {
    const { marketConfig, batches } = log.read();
    expect(Uint8Array.from(marketConfig)).toEqual(Uint8Array.from(CONFIG));
    expect(batches.map((batch) => ({ ...batch, commands: Uint8Array.from(batch.commands) }))).toEqual(
      BATCHES,
    );
  });

  test('is never started twice', () => {
    expectRefusal(() => log.create(CONFIG), 'DATA_DIRECTORY_IN_USE');
  });

  test('refuses every flipped byte outside the market config, and a config byte is read as it is', () => {
    const bytes = readFileSync(log.path);
    for (let at = 0; at < bytes.length; at++) {
      if (at >= 8 && at < 72) continue;
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      writeFileSync(log.path, damaged);
      expectRefusal(() => log.read(), 'COMMAND_LOG_MALFORMED');
    }
  });

  test('refuses every cut that is not between two entries, and drops a torn last entry', () => {
    const bytes = readFileSync(log.path);
    const entryBytes = BATCHES.map((batch) => encodeEntry(batch).length);
    const ends = [72, 72 + (entryBytes[0] ?? 0), bytes.length];
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(log.path, bytes);
      truncateSync(log.path, length);
      if (ends.includes(length)) {
        expect(log.read().batches).toHaveLength(ends.indexOf(length));
        continue;
      }
      expectRefusal(() => log.read(), 'COMMAND_LOG_MALFORMED');
      if (length < 72) continue;
      log.dropTornEntry();
      expect(log.read().batches).toHaveLength(length < (ends[1] ?? 0) ? 0 : 1);
    }
  });

  test('keeps whole entries when it drops a torn one, and damage inside stays refused', () => {
    log.dropTornEntry();
    expect(log.read().batches).toHaveLength(2);
    appendFileSync(
      log.path,
      encodeEntry({ batchNumber: 3n, timestampNs: 9n, commands: seededBytes(64, 4) }).subarray(0, 50),
    );
    log.dropTornEntry();
    expect(log.read().batches).toHaveLength(2);
  });

  test('cuts nothing off a log whose damage is no torn append', () => {
    const whole = readFileSync(log.path);
    const firstEntry = 72;
    // A flipped bit that makes the count too great, the reserved word not 0, the magic or version another.
    for (const at of [firstEntry + 17, firstEntry + 20, 0, 4]) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      writeFileSync(log.path, damaged);
      expectRefusal(() => {
        log.dropTornEntry();
        log.read();
      }, 'COMMAND_LOG_MALFORMED');
      expect(readFileSync(log.path).length, `byte ${at}`).toBe(whole.length);
    }
  });

  test('names a file that is not there', () => {
    const path = join(folder, 'absent.log');
    expectRefusal(() => new CommandLog(path).read(), 'FILE_UNREADABLE', { path });
  });
});
