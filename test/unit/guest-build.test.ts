import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../../engine/error-table.ts';
import { type ErrorDetails, ProofbookError } from '../../engine/proofbook-error.ts';
import { type ArtifactRecord, digestHex, formatRecord, parseRecord } from '../../guest/artifact-record.ts';
import { checkBytes, checkEngine, checkToolchain, firstDifference } from '../../guest/compare.ts';
import { exitCodeOf } from '../../guest/exit-code.ts';
import { lockedVersion, type Toolchain, toolDifferences } from '../../guest/toolchain.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const read = (path: string): Uint8Array => readFileSync(new URL(`../../${path}`, import.meta.url));

const TOOLCHAIN: Toolchain = {
  asc: '1.0.0',
  wabt: '2.0.0',
  clang: 'clang version 3',
  lld: 'LLD 4',
  rustc: 'rustc 5',
  cargo: 'cargo 6',
  openvm: '7.0.0',
};

const RECORD: ArtifactRecord = {
  imageId: '11'.repeat(32),
  elfDigest: '22'.repeat(32),
  engineDigest: '33'.repeat(32),
  toolchain: TOOLCHAIN,
};

describe.each([
  ['circuit', 'shell'],
  ['aggregation', 'aggregation'],
])('the committed guest %s', (name, shell) => {
  const record = parseRecord(Buffer.from(read(`guest/artifact/${name}.json`)).toString('utf8'));

  test('is the ELF that its record names', () => {
    expect(digestHex(read(`guest/artifact/${name}.elf`))).toBe(record.elfDigest);
  });

  test('was made from the committed engine', () => {
    checkEngine(read('engine/artifact/circuit.wasm'), record);
  });

  test('was made with the npm packages and crates that this checkout pins', () => {
    const { devDependencies } = JSON.parse(Buffer.from(read('package.json')).toString('utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(record.toolchain.asc).toBe(devDependencies.assemblyscript);
    expect(record.toolchain.wabt).toBe(devDependencies.wabt);
    const lockFile = Buffer.from(read(`guest/${shell}/Cargo.lock`)).toString('utf8');
    expect(record.toolchain.openvm).toBe(lockedVersion(lockFile, 'openvm'));
  });

  test('holds no path of the machine that built it, and no compiler text', () => {
    const text = Buffer.from(read(`guest/artifact/${name}.elf`)).toString('latin1');
    expect(text).not.toMatch(/\/(home|root|work|tmp|usr|build)\b|\.rs\b|clang|rustc|LLD/);
  });
});

describe('the record', () => {
  test('reads back as it was written, in one order of fields', () => {
    expect(parseRecord(formatRecord(RECORD))).toEqual(RECORD);
    const shuffled = {
      toolchain: Object.fromEntries(Object.entries(TOOLCHAIN).reverse()) as unknown as Toolchain,
      engineDigest: RECORD.engineDigest,
      elfDigest: RECORD.elfDigest,
      imageId: RECORD.imageId,
    };
    expect(formatRecord(shuffled)).toBe(formatRecord(RECORD));
  });

  test.each([
    ['circuit.json', '{'],
    ['circuit.json', '[]'],
    ['imageId', JSON.stringify({ ...RECORD, imageId: RECORD.imageId.slice(1) })],
    [
      'elfDigest',
      JSON.stringify({ ...RECORD, elfDigest: RECORD.elfDigest.toUpperCase().replaceAll('2', 'A') }),
    ],
    ['engineDigest', JSON.stringify({ ...RECORD, engineDigest: 7 })],
    ['toolchain', JSON.stringify({ ...RECORD, toolchain: 'all new' })],
    ['toolchain.lld', JSON.stringify({ ...RECORD, toolchain: { ...TOOLCHAIN, lld: '' } })],
  ])('is refused at %s when it holds %s', (field, text) => {
    expectRefusal(() => parseRecord(text), 'INVALID_FIELD', { field });
  });
});

describe('a check', () => {
  test('names every tool that differs, and both versions', () => {
    const found = { ...TOOLCHAIN, clang: 'clang version 4', cargo: 'cargo 5' };
    expect(toolDifferences(found, TOOLCHAIN)).toEqual([
      { tool: 'clang', found: 'clang version 4', recorded: 'clang version 3' },
      { tool: 'cargo', found: 'cargo 5', recorded: 'cargo 6' },
    ]);
    const error = expectRefusal(() => checkToolchain(found, TOOLCHAIN), 'GUEST_TOOLCHAIN_DIFFERS');
    expect(error.message).toContain('clang is clang version 4, recorded clang version 3; cargo is cargo 5');
  });

  test('passes when nothing differs', () => {
    checkToolchain({ ...TOOLCHAIN }, TOOLCHAIN);
    const engine = new TextEncoder().encode('engine');
    checkEngine(engine, { ...RECORD, engineDigest: digestHex(engine) });
    checkBytes({ name: 'a', committed: engine, built: engine.slice() });
  });

  test('tells a changed engine from a changed guest', () => {
    const engine = new TextEncoder().encode('engine');
    expectRefusal(() => checkEngine(engine, RECORD), 'GUEST_OUTDATED', {
      value: digestHex(engine),
      expected: RECORD.engineDigest,
    });
  });

  test.each([
    ['a changed byte', [1, 2, 3], [1, 9, 3], { offset: 1, value: '0x09', expected: '0x02' }],
    ['a longer file', [1, 2], [1, 2, 255], { offset: 2, value: '0xff', expected: 'the end of the file' }],
    ['a shorter file', [1, 2], [1], { offset: 1, value: 'the end of the file', expected: '0x02' }],
  ] as const)('names file and offset of %s', (_, committed, built, details: ErrorDetails) => {
    const file = { name: 'x.elf', committed: Uint8Array.from(committed), built: Uint8Array.from(built) };
    expectRefusal(() => checkBytes(file), 'GUEST_NOT_REPRODUCIBLE', { file: 'x.elf', ...details });
  });

  test('finds no difference between equal bytes', () => {
    expect(firstDifference(new Uint8Array(5), new Uint8Array(5))).toBeUndefined();
    expect(firstDifference(new Uint8Array(0), new Uint8Array(0))).toBeUndefined();
  });
});

describe('exit codes of the build', () => {
  test('are one for each kind of end, and 1 for the rest', () => {
    const codes = [
      'GUEST_TOOLCHAIN_DIFFERS',
      'GUEST_NOT_REPRODUCIBLE',
      'GUEST_OUTDATED',
      'GUEST_TOOL_MISSING',
    ];
    const exitCodes = Object.keys(ERROR_TABLE)
      .filter((code) => codes.includes(code))
      .map((code) => exitCodeOf(new ProofbookError(code as keyof typeof ERROR_TABLE)));
    expect(new Set([0, 1, ...exitCodes]).size).toBe(2 + codes.length);
    expect(exitCodeOf(new ProofbookError('GUEST_BUILD_FAILED'))).toBe(1);
    expect(exitCodeOf(new Error('other'))).toBe(1);
  });
});

describe('the version in a lock file', () => {
  const package_ = (name: string, version: string) =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\n\n`;

  test('is that of the crate named, not of one whose name begins alike', () => {
    expect(lockedVersion(package_('openvm-x', '1.0.0') + package_('openvm', '2.0.2'), 'openvm')).toBe(
      '2.0.2',
    );
  });

  test('is refused when the crate is missing or there twice', () => {
    expectRefusal(() => lockedVersion(package_('other', '1.0.0'), 'openvm'), 'INVALID_FIELD');
    const twice = package_('openvm', '1.0.0') + package_('openvm', '2.0.0');
    expectRefusal(() => lockedVersion(twice, 'openvm'), 'INVALID_FIELD', { value: '1.0.0, 2.0.0' });
  });
});
