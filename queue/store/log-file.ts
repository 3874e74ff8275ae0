import { readFileSync } from 'node:fs';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** The bytes of a log of either version. @throws FILE_UNREADABLE */
export function readLogFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ProofbookError('FILE_UNREADABLE', { path, reason: messageOf(cause) }, { cause });
  }
}
