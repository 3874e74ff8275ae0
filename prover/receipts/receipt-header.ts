import { type Static, Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { requireShape } from '../sdk/shape.ts';
import { canonicalJson } from './canonical-json.ts';

/** Largest JSON header of a receipt file in bytes. */
export const RECEIPT_HEADER_BYTES_MAX = 64 * 1024;
const JOURNAL_BYTES_MAX = 64 * 1024;
const SEAL_BYTES_MAX = 256 * 1024 * 1024;

const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const closed = { additionalProperties: false } as const;

const Session = Type.Object(
  {
    instructionCount: Count,
    traceCells: Count,
    segmentCount: Count,
    executeDurationMs: Count,
    proveDurationMs: Count,
    peakMemoryBytes: Type.Union([Count, Type.Null()]),
  },
  closed,
);

const Header = Type.Object(
  {
    backend: Type.Union([Type.Literal('openvm'), Type.Literal('fake')]),
    backendVersion: Type.String({ minLength: 1, maxLength: 64 }),
    kind: Type.Union([Type.Literal('app'), Type.Literal('stark'), Type.Literal('fake')]),
    imageId: Hex32,
    parametersDigest: Hex32,
    parameters: Type.Record(Type.String(), Type.Unknown()),
    session: Session,
    journalBytes: Type.Integer({ minimum: 0, maximum: JOURNAL_BYTES_MAX }),
    sealBytes: Type.Integer({ minimum: 0, maximum: SEAL_BYTES_MAX }),
  },
  closed,
);

/** The JSON header of a receipt file (FORMAT.md). */
export type ReceiptHeader = Static<typeof Header>;

/** The header as canonical JSON in UTF-8. @throws RECEIPT_HEADER when a field is not what a receipt may hold */
export function encodeReceiptHeader(header: ReceiptHeader): Uint8Array {
  const text = canonicalJson(requireHeader(header));
  if (text === undefined) throw refuse('parameters', 'nested too deep', 'at most 16 levels of plain JSON');
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > RECEIPT_HEADER_BYTES_MAX) {
    throw refuse('length', bytes.length, `at most ${RECEIPT_HEADER_BYTES_MAX} bytes`);
  }
  return bytes;
}

/** Reads a header and requires that it is written canonically. @throws RECEIPT_HEADER naming the field */
export function decodeReceiptHeader(bytes: Uint8Array): ReceiptHeader {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    const start = Buffer.from(bytes.subarray(0, 40)).toString('latin1');
    throw refuse('text', JSON.stringify(start), 'is not JSON in UTF-8', cause);
  }
  const header = requireHeader(value);
  if (canonicalJson(header) !== text)
    throw refuse('text', `${text.length} characters`, 'is not canonical JSON');
  return header;
}

function requireHeader(value: unknown): ReceiptHeader {
  const header = requireShape(Header, value, (fault) =>
    refuse(fault.path === '' ? 'value' : fault.path, fault.value, fault.reason),
  );
  const isFake = header.kind === 'fake';
  if (isFake !== (header.backend === 'fake')) {
    throw refuse('backend', header.backend, `does not make receipts of kind ${header.kind}`);
  }
  if (isFake !== (header.sealBytes === 0)) {
    throw refuse('sealBytes', header.sealBytes, `is not possible for a receipt of kind ${header.kind}`);
  }
  return header;
}

function refuse(field: string, value: string | number, reason: string, cause?: unknown): ProofbookError {
  return new ProofbookError('RECEIPT_HEADER', { field, value, reason }, cause === undefined ? {} : { cause });
}
