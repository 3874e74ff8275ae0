import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFixScan } from '../../queue/runtime/gateways/fix/build-fix-scan.ts';
import { chooseFixScan } from '../../queue/runtime/gateways/fix/fix-scan-module.ts';
import { FixScanner, SCAN } from '../../queue/runtime/gateways/fix/fix-scanner.ts';
import { scanByReference } from '../model/fix-reference.ts';

const SEED = 44;
const KINDS = ['scalar', 'simd'] as const;
const STATUS_NAMES = Object.keys(SCAN);

/** A whole message around fields that are written with `|` for SOH. */
function frame(body: string): string {
  const text = body.replaceAll('|', '\x01');
  const head = `8=FIX.4.4\x019=${text.length}\x01${text}`;
  let sum = 0;
  for (const byte of Buffer.from(head, 'latin1')) sum += byte;
  return `${head}10=${String(sum % 256).padStart(3, '0')}\x01`;
}

type Found = readonly [string, number, readonly (readonly number[])[]];

/** All that a scanner finds in `text`, which arrives in pieces of the given sizes; offsets are in the whole text. */
function findAll(kind: 'scalar' | 'simd', text: string, sizes: readonly number[]): Found[] {
  const scanner = new FixScanner(kind);
  const bytes = Buffer.from(text, 'latin1');
  const found: Found[] = [];
  let taken = 0;
  for (let next = 0; taken < bytes.length; ++next) {
    const size = Math.min(sizes[next % sizes.length] ?? 1, bytes.length - taken);
    scanner.compact();
    bytes.copy(scanner.bytes, scanner.free, taken, taken + size);
    scanner.filled(size);
    taken += size;
    const shift = taken - scanner.free;
    for (let status = scanner.next(); status !== SCAN.partial; status = scanner.next()) {
      const fields = Array.from({ length: scanner.fieldCount }, (_, row) => [
        scanner.tagAt(row),
        scanner.offsetAt(row) + shift,
        scanner.lengthAt(row),
      ]);
      found.push([STATUS_NAMES[status] ?? '?', scanner.position + shift, fields]);
    }
  }
  return found;
}

/** What the reference finds in the whole text. */
function findByReference(text: string): Found[] {
  const found: Found[] = [];
  for (let at = 0; at < text.length; ) {
    const { status, end, fields } = scanByReference(text, at);
    if (status === 'partial') break;
    found.push([status, end, fields]);
    at = end;
  }
  return found;
}

const ORDER = '35=D|49=C|56=P|34=2|52=20260101-00:00:00|11=a|55=X|54=1|38=7|40=2|44=5|59=1|';

const field = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 1_200_000 }), fc.string({ maxLength: 40 })).map(([t, v]) => `${t}=${v}`),
  fc.constantFrom(
    '=',
    '0=1',
    '05=x',
    '11=',
    'x=1',
    '11',
    '1=8=FIX.4.4',
    '96=a|b',
    '95=3|96=a|b',
    '90=9|91=|||||',
  ),
  fc.constantFrom('348=4|349=a|b|c', '93=2|89=|x', '95=99999|96=z', '364=1|365=|', '95=7x|96=|'),
);
const messageOf = (...types: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...types), fc.array(field, { maxLength: 30 }))
    .map(([type, fields]) => frame(`${type}${fields.map((text) => `${text}|`).join('')}`));
/** Whole messages; the body of the last type is too short when it stands alone. */
const message = messageOf('35=D|', '35=0|', '35=|', ORDER);
const mutation = fc.tuple(fc.nat(), fc.constantFrom('flip', 'cut', 'double', 'soh', 'digit'), fc.nat(255));

function mutate(text: string, [place, how, byte]: readonly [number, string, number]): string {
  const at = place % Math.max(1, text.length);
  const head = text.slice(0, at);
  const tail = text.slice(at + 1);
  if (how === 'cut') return head + tail;
  if (how === 'double') return `${text.slice(0, at)}${text.slice(Math.max(0, at - (byte % 20)))}`;
  if (how === 'soh') return `${head}\x01${tail}`;
  if (how === 'digit') return `${head}${byte % 10}${tail}`;
  return head + String.fromCharCode(byte) + tail;
}

test.each(KINDS)('the committed %s scanner is what its source gives', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'fix-scan-'));
  try {
    const outFile = join(folder, 'scan.wasm');
    compileFixScan(kind, outFile);
    const committed = new URL(`../../queue/runtime/gateways/fix/artifact/fix-${kind}.wasm`, import.meta.url);
    expect(readFileSync(outFile).equals(readFileSync(committed))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('this machine runs the SIMD scanner', () => {
  expect(chooseFixScan()).toBe('simd');
});

describe.each(KINDS)('the %s scanner', (kind) => {
  test('lists the fields of a message, data fields with separators inside', () => {
    const text = frame('35=D|95=5|96=a|b=c|11=x|');
    const [found] = findAll(kind, text, [text.length]);
    expect(found?.[0]).toBe('complete');
    const values = found?.[2].map(([tag, offset = 0, length = 0]) => [
      tag,
      text.slice(offset, offset + length),
    ]);
    expect(values?.slice(2, -1)).toEqual([
      [35, 'D'],
      [95, '5'],
      [96, 'a\x01b=c'],
      [11, 'x'],
    ]);
  });

  test.each<[string, string]>([
    ['noBeginString', `garbage\x01${frame(ORDER)}`],
    ['badBodyLength', `8=FIX.4.4\x0111=1\x01${frame(ORDER)}`],
    ['badBodyLength', `8=FIX.4.4\x019=999999\x01${frame(ORDER)}`],
    ['noMsgType', `${frame('11=aaa|')}${frame(ORDER)}`],
    ['noTrailer', `${frame(ORDER).replace('11=a', '11=ab')}${frame(ORDER)}`],
    ['badChecksum', `${frame(ORDER).replace('38=7', '38=8')}${frame(ORDER)}`],
    ['tooManyFields', `${frame(`35=D|${'1=a|'.repeat(1100)}`)}${frame(ORDER)}`],
  ])('says %s, and finds the message behind it', (status, text) => {
    const found = findAll(kind, text, [text.length]);
    expect(found[0]?.[0]).toBe(status);
    expect(found.at(-1)?.[0]).toBe('complete');
    expect(found.at(-1)?.[1]).toBe(text.length);
  });

  test(`finds what the reference finds in altered streams (seed ${SEED})`, () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(mutation, { maxLength: 3 }),
        (all, changes) => {
          const text = changes.reduce(mutate, all.join(''));
          const expected = findByReference(text);
          for (const [status] of expected) seen.add(status);
          expect(findAll(kind, text, [text.length])).toEqual(expected);
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
    expect([...seen].sort()).toEqual(
      ['badBodyLength', 'badChecksum', 'complete', 'noBeginString', 'noMsgType', 'noTrailer'].sort(),
    );
  });

  test(`finds the same messages however the reads are cut (seed ${SEED})`, () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(messageOf('35=D|', ORDER), { minLength: 1, maxLength: 6 }), sizes, (all, cuts) => {
        const text = all.join('');
        expect(findAll(kind, text, cuts)).toEqual(findByReference(text));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
