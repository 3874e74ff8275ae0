import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file to be written whole. */
export interface WholeFile {
  /** Where it shall be; its directory must exist. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a file so that after a crash it is there whole or not at all: a temporary file beside it is written and
 * synced, then renamed, then the directory is synced.
 *
 * @param path where the file shall be; its directory must exist
 * @param bytes the whole content
 */
export function writeFileDurably(path: string, bytes: Uint8Array): void {
  writeFilesDurably([{ path, bytes }]);
}

/**
 * The same for several files, step by step for all of them: a file system that keeps a journal commits it once for each step
 * and not once for each file. Each file is whole or not there; some may be there without the others.
 */
export function writeFilesDurably(files: readonly WholeFile[]): void {
  const written: OpenFile[] = [];
  try {
    for (const file of files) written.push(writeTemporary(file));
    for (const { descriptor } of written) fsyncSync(descriptor);
    for (const { temporary, path } of written) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of written) unlinkQuietly(temporary);
    throw error;
  } finally {
    for (const { descriptor } of written) closeSync(descriptor);
  }
  for (const directory of new Set(files.map(({ path }) => dirname(path)))) syncDirectory(directory);
}

interface OpenFile {
  readonly path: string;
  readonly temporary: string;
  readonly descriptor: number;
}

function writeTemporary({ path, bytes }: WholeFile): OpenFile {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    closeSync(descriptor);
    unlinkQuietly(temporary);
    throw error;
  }
  return { path, temporary, descriptor };
}

/**
 * Appends to a file and syncs it. What was written of an append that fails, on a full disk for example, is cut off again; a
 * process that dies meanwhile leaves it, so the caller's format must show a torn last append.
 */
export function appendFileDurably(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'a', 0o600);
  try {
    const lengthBefore = fstatSync(descriptor).size;
    try {
      writeAll(descriptor, bytes);
      fsyncSync(descriptor);
    } catch (error) {
      ftruncateSync(descriptor, lengthBefore);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Makes new names in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

// writeSync may write fewer bytes than given, on a full disk for example.
function writeAll(descriptor: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(descriptor, bytes, offset);
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The rename may have happened already: then there is nothing to remove.
  }
}
