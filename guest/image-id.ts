import { spawn } from 'node:child_process';
import { ProofbookError } from '../engine/proofbook-error.ts';

const REQUEST_ID = 1;
const HEADER_BYTES_MAX = 1 << 20;

/**
 * Asks the prover host for the image id of an ELF: the program commitment that verifiers compare, 64 hex digits.
 *
 * One request on the host's stdio (u32 header length, JSON header, attachments). The build speaks those frames itself, for the
 * guest is imported by nobody and imports no other room but the engine.
 * @throws GUEST_IMAGE_ID_FAILED when the host does not start, ends early or answers with an error.
 */
export async function askImageId(hostBinary: string, elf: Uint8Array): Promise<string> {
  const host = spawn(hostBinary, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<never>((_, reject) => {
    host.once('error', (error) => reject(failure(hostBinary, error.message)));
    host.once('close', (code) =>
      reject(failure(hostBinary, `it ended with status ${code} before it answered`)),
    );
  });
  // A host that ends early breaks the pipe; `ended` says so in better words.
  host.stdin.on('error', () => {});
  try {
    host.stdin.write(encodeRequest(elf));
    const answer = await Promise.race([readAnswer(hostBinary, host.stdout), ended]);
    return imageIdOf(hostBinary, answer);
  } finally {
    ended.catch(() => {});
    // The host exits when its stdin closes.
    host.stdin.end();
  }
}

/** The `imageId` request with its one attachment, as the bytes of a frame. */
export function encodeRequest(elf: Uint8Array): Uint8Array {
  const header = { id: REQUEST_ID, method: 'imageId', params: {}, attachments: [elf.byteLength] };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.byteLength);
  return Buffer.concat([length, text, elf]);
}

/** The header of the first reply to our request; events before it are passed over. */
async function readAnswer(hostBinary: string, stdout: AsyncIterable<Buffer>): Promise<unknown> {
  let pending = Buffer.alloc(0);
  for await (const chunk of stdout) {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const frame = firstFrame(hostBinary, pending);
      if (frame === undefined) break;
      if ('ok' in frame.header && frame.header.id === REQUEST_ID) return frame.header;
      pending = pending.subarray(frame.bytes);
    }
  }
  throw failure(hostBinary, 'it closed its output before it answered');
}

interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly bytes: number;
}

function firstFrame(hostBinary: string, pending: Buffer): Frame | undefined {
  if (pending.byteLength < 4) return undefined;
  const headerBytes = pending.readUInt32LE(0);
  if (headerBytes > HEADER_BYTES_MAX) {
    throw failure(hostBinary, `it sent a frame header of ${headerBytes} bytes`);
  }
  if (pending.byteLength < 4 + headerBytes) return undefined;
  const header = JSON.parse(pending.toString('utf8', 4, 4 + headerBytes)) as Frame['header'];
  const attachments = (header.attachments ?? []) as readonly number[];
  return { header, bytes: 4 + headerBytes + attachments.reduce((sum, bytes) => sum + bytes, 0) };
}

function imageIdOf(hostBinary: string, answer: unknown): string {
  const { result, error } = answer as { result?: { imageId?: unknown }; error?: { message?: string } };
  const imageId = result?.imageId;
  if (typeof imageId !== 'string' || !/^[0-9a-f]{64}$/.test(imageId)) {
    throw failure(hostBinary, error?.message ?? `it answered ${JSON.stringify(answer)}`);
  }
  return imageId;
}

function failure(path: string, reason: string): ProofbookError {
  return new ProofbookError('GUEST_IMAGE_ID_FAILED', { path, reason });
}
