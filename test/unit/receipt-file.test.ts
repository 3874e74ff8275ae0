import { blake3 } from '@noble/hashes/blake3.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { parseImageId } from '../../prover/sdk/image-id.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { sampleReceipt } from '../support/receipt-samples.ts';
import { SEED } from '../support/seed.ts';

const FILE = sampleReceipt().encode();
const HEADER_LENGTH = new DataView(FILE.buffer).getUint32(8, true);
const HEADER_END = 12 + HEADER_LENGTH;

function codeOf(file: Uint8Array): string {
  try {
    Receipt.decode(file);
    return 'accepted';
  } catch (error) {
    // Anything but our own error is a crash, and fails here with its stack.
    if (!isProofbookError(error)) throw error;
    return error.code;
  }
}

function flipped(offset: number, mask: number): Uint8Array {
  const file = FILE.slice();
  file[offset] = (file[offset] ?? 0) ^ mask;
  return file;
}

/** A file around any header text with a right checksum: what somebody who knows the format could send. */
function sealedAround(
  header: string | Uint8Array,
  journal = new Uint8Array(256),
  seal = new Uint8Array(8),
): Uint8Array {
  const json = Buffer.from(header as string);
  const prefix = Buffer.alloc(12);
  prefix.write('PBRC');
  prefix.writeUInt32LE(1, 4);
  prefix.writeUInt32LE(json.length, 8);
  const content = Buffer.concat([prefix, json, journal, seal]);
  return new Uint8Array(Buffer.concat([content, blake3(content)]));
}

function headerText(change: Record<string, unknown> = {}): string {
  const { journalBytes, sealBytes, ...rest } = JSON.parse(
    Buffer.from(FILE.subarray(12, HEADER_END)).toString(),
  );
  const header: Record<string, unknown> = { ...rest, journalBytes: 256, sealBytes: 8, ...change };
  const sorted = Object.keys(header).toSorted();
  return JSON.stringify(Object.fromEntries(sorted.map((name) => [name, header[name]])));
}

describe('receipt file (FORMAT.md)', () => {
  test('reads back any receipt, and writes it again as the same bytes', () => {
    const hex32 = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const content = fc.record({
      imageId: hex32.map(parseImageId),
      parametersDigest: hex32,
      backendVersion: fc.string({ minLength: 1, maxLength: 64 }),
      kind: fc.constantFrom('app', 'stark', 'fake'),
      parameters: fc
        .dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }))
        .map((p) => JSON.parse(JSON.stringify(p))),
      journal: fc.uint8Array({ maxLength: 300 }),
      seal: fc.uint8Array({ minLength: 1, maxLength: 500 }),
      session: fc.record({
        instructionCount: count,
        traceCells: count,
        segmentCount: count,
        executeDurationMs: count,
        proveDurationMs: count,
        peakMemoryBytes: count,
      }),
    });
    fc.assert(
      fc.property(content, (c) => {
        const isFake = c.kind === 'fake';
        const seal = isFake ? new Uint8Array(0) : c.seal;
        const receipt = sampleReceipt({ ...c, seal, backend: isFake ? 'fake' : 'openvm' });
        const file = receipt.encode();
        const decoded = Receipt.decode(file);
        expect({ ...decoded }).toEqual({ ...receipt });
        expect(decoded.encode()).toEqual(file);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test('starts with the bytes that the text gives', () => {
    expect(Buffer.from(FILE.subarray(0, 8)).toString('latin1')).toBe('PBRC\x01\0\0\0');
    expect(FILE[12]).toBe('{'.charCodeAt(0));
    expect(FILE.length).toBe(HEADER_END + 256 + 700 + 32);
    expect(FILE.subarray(-32)).toEqual(blake3(FILE.subarray(0, -32)));
  });

  test('is RECEIPT_TRUNCATED when cut at any length', () => {
    for (let length = 0; length < FILE.length; length++) {
      expect(codeOf(FILE.subarray(0, length)), `${length} bytes`).toBe('RECEIPT_TRUNCATED');
    }
  });

  test('names the part that is cut short', () => {
    const ends = {
      prefix: 12,
      header: HEADER_END,
      journal: HEADER_END + 256,
      seal: FILE.length - 32,
      checksum: FILE.length,
    };
    for (const [field, expected] of Object.entries(ends)) {
      const value = expected - 1;
      const cut = () => Receipt.decode(FILE.subarray(0, value));
      expectRefusal(cut, 'RECEIPT_TRUNCATED', { field, value, expected });
    }
  });

  test('is RECEIPT_TRAILING when extended by anything', () => {
    for (const extra of [1, 2, 32, 1000]) {
      const longer = new Uint8Array(FILE.length + extra);
      longer.set(FILE);
      expectRefusal(() => Receipt.decode(longer), 'RECEIPT_TRAILING', {
        value: longer.length,
        expected: FILE.length,
      });
    }
  });

  test('is refused with every single bit of prefix and header flipped', () => {
    for (let offset = 0; offset < HEADER_END; offset++) {
      for (let bit = 0; bit < 8; bit++) {
        const code = codeOf(flipped(offset, 1 << bit));
        if (offset < 4) expect(code).toBe('RECEIPT_MAGIC');
        else if (offset < 8) expect(code).toBe('RECEIPT_VERSION');
        else
          expect(['RECEIPT_HEADER', 'RECEIPT_TRUNCATED', 'RECEIPT_TRAILING', 'RECEIPT_CORRUPTED']).toContain(
            code,
          );
      }
    }
  });

  test('is RECEIPT_CORRUPTED with any bit of journal, seal or checksum flipped', () => {
    const offsets = fc.integer({ min: HEADER_END, max: FILE.length - 1 });
    fc.assert(
      fc.property(offsets, fc.integer({ min: 0, max: 7 }), (offset, bit) => {
        expect(codeOf(flipped(offset, 1 << bit))).toBe('RECEIPT_CORRUPTED');
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('never crashes on bytes of any kind, with and without a right prefix', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 12 }), (noise, kept) => {
        const file = new Uint8Array([...FILE.subarray(0, kept), ...noise]);
        expect(codeOf(file)).toMatch(/^RECEIPT_/);
        expect(codeOf(sealedAround(noise))).toBe('RECEIPT_HEADER');
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('a forged file around a good header is read: it is verification that refuses it', () => {
    expect(codeOf(sealedAround(headerText()))).toBe('accepted');
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['backend', 'another backend', { backend: 'sp1' }],
    ['kind', 'another kind', { kind: 'groth16' }],
    ['backend', 'a fake that names a real backend', { kind: 'fake', sealBytes: 0 }],
    ['backend', 'a real kind by the fake backend', { backend: 'fake' }],
    ['sealBytes', 'a fake with a seal', { kind: 'fake', backend: 'fake' }],
    ['imageId', 'an upper-case image id', { imageId: 'AB'.repeat(32) }],
    ['imageId', 'a short image id', { imageId: 'ab'.repeat(31) }],
    ['imageId', 'a missing image id', { imageId: undefined }],
    ['parametersDigest', 'a digest that is no text', { parametersDigest: 5 }],
    ['backendVersion', 'an empty version', { backendVersion: '' }],
    ['parameters', 'parameters that are no object', { parameters: [1] }],
    ['session.segmentCount', 'a negative count', { session: sessionWith({ segmentCount: -1 }) }],
    ['session.proveDurationMs', 'a fractional duration', { session: sessionWith({ proveDurationMs: 1.5 }) }],
    ['journalBytes', 'a journal over the limit', { journalBytes: 65_537 }],
    ['journalBytes', 'a negative journal length', { journalBytes: -1 }],
    ['sealBytes', 'a seal over the limit', { sealBytes: 2 ** 40 }],
    ['note', 'a member that no receipt has', { note: 'hi' }],
  ])('names %s for %s', (field, _name, change) => {
    expectRefusal(() => Receipt.decode(sealedAround(headerText(change))), 'RECEIPT_HEADER', { field });
  });

  test.each<[string, Record<string, unknown>]>([
    ['receipt header kind is "x": must be "app" or "stark" or "fake"', { kind: 'x' }],
    ['receipt header imageId is absent: must be there', { imageId: undefined }],
    ['receipt header note is an array of 3: must not be there', { note: [1, 2, 3] }],
    ['receipt header journalBytes is -1: must be >= 0', { journalBytes: -1 }],
  ])('says "%s"', (message, change) => {
    const error = expectRefusal(() => Receipt.decode(sealedAround(headerText(change))), 'RECEIPT_HEADER');
    expect(error.message).toBe(message);
  });

  test.each<[string, string]>([
    ['white space', `${headerText()} `],
    [
      'names out of order',
      JSON.stringify({ version: 0, ...JSON.parse(headerText()) }).replace('"version":0,', ''),
    ],
    ['a name twice', headerText().replace('"kind":"app"', '"kind":"stark","kind":"app"')],
    ['a number in another form', headerText().replace('"journalBytes":256', '"journalBytes":2.56e2')],
    ['an escape that is not needed', headerText().replace('"openvm"', '"open\\u0076m"')],
    ['a byte order mark', `\ufeff${headerText()}`],
  ])('refuses a header with %s: one receipt has one file', (name, text) => {
    const isCanonicalOrder = name === 'names out of order';
    const given = isCanonicalOrder ? reversedNames(text) : text;
    expectRefusal(() => Receipt.decode(sealedAround(given)), 'RECEIPT_HEADER', { field: 'text' });
  });

  test('refuses parameters that are nested thousands of levels deep, and does not run out of stack', () => {
    const deep = headerText({ parameters: {} }).replace(
      '"parameters":{}',
      `"parameters":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`,
    );
    expectRefusal(() => Receipt.decode(sealedAround(deep)), 'RECEIPT_HEADER', { field: 'text' });
  });

  test('refuses to write what it would refuse to read', () => {
    expectRefusal(() => sampleReceipt({ kind: 'fake' }).encode(), 'RECEIPT_HEADER', { field: 'backend' });
    expectRefusal(() => sampleReceipt({ seal: new Uint8Array(0) }).encode(), 'RECEIPT_HEADER', {
      field: 'sealBytes',
    });
    const parameters = { text: 'x'.repeat(70_000) };
    expectRefusal(() => sampleReceipt({ parameters }).encode(), 'RECEIPT_HEADER', { field: 'length' });
  });
});

function sessionWith(change: Record<string, number>): Record<string, unknown> {
  return { ...sampleReceipt().session, ...change };
}

function reversedNames(text: string): string {
  return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed()));
}
