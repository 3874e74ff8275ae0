import { describe, expect, test } from 'vitest';
import { ERROR_TABLE, type ErrorCode } from '../../engine/error-table.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { parseDemoOptions } from '../../queue/cli/demo-options.ts';
import { EXIT_CODE_OF_ERROR, EXIT_CODES, exitCodeOf } from '../../queue/cli/exit-codes.ts';
import { ProgressLine } from '../../queue/cli/output.ts';
import { renderTable } from '../../queue/cli/table.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

// Faults of the program itself exit as `unexpected`; the guest's build and the message stream have scripts and exit codes of
// their own.
const UNEXPECTED: readonly ErrorCode[] = [
  'UNEXPECTED',
  'ENGINE_TRAPPED',
  'PROVER_CLOSED',
  'FRAME_MALFORMED',
  'METHOD_UNKNOWN',
  'HOST_INTERNAL',
  'CLAIM_LOST',
  'GUEST_TOOL_MISSING',
  'GUEST_TOOLCHAIN_DIFFERS',
  'GUEST_OUTDATED',
  'GUEST_NOT_REPRODUCIBLE',
  'GUEST_ENGINE_REFUSED',
  'GUEST_BUILD_FAILED',
  'GUEST_IMAGE_ID_FAILED',
  'STREAM_LENGTH',
  'INVALID_MESSAGE',
  'ORDER_ID_LIVE',
  'BOOK_EXHAUSTED',
  'FILE_UNWRITABLE',
];

describe('exit codes', () => {
  test('are decided for every error code', () => {
    const decided = [...Object.keys(EXIT_CODE_OF_ERROR), ...UNEXPECTED].sort();
    expect(decided).toEqual(Object.keys(ERROR_TABLE).sort());
  });

  test('tell apart what a caller must tell apart', () => {
    expect(exitCodeOf(new ProofbookError('PROOF_REFUSED'))).toBe(EXIT_CODES.receiptRefused);
    expect(exitCodeOf(new ProofbookError('AUDIT_DIVERGED'))).toBe(EXIT_CODES.diverged);
    expect(exitCodeOf(new TypeError('?'))).toBe(EXIT_CODES.unexpected);
    expect(new Set(Object.values(EXIT_CODES)).size).toBe(Object.keys(EXIT_CODES).length);
  });
});

describe('demo options', () => {
  const now = new Date('2026-01-02T03:04:05.678Z');

  test('have defaults that make a short first run', () => {
    expect(parseDemoOptions([], now)).toMatchObject({
      seed: 1n,
      orders: 200,
      batchSize: 100,
      kind: 'app',
      workers: 1,
      json: false,
      input: undefined,
    });
    expect(parseDemoOptions([], now).data).toContain('/.proofbook/demo-20260102-030405-');
  });

  test('take a file, all of it when asked', () => {
    const whole = { input: { format: 'lobster', path: '/x/m.csv' }, orders: undefined };
    expect(parseDemoOptions(['--input', 'lobster:/x/m.csv', '--orders', 'all'], now)).toMatchObject(whole);
    expect(parseDemoOptions(['--input', 'lobster:/x/m.csv'], now)).toMatchObject(whole);
    const day = { input: { format: 'itch', path: '/x/a:b', symbol: 'AAPL' }, orders: 5 };
    expect(parseDemoOptions(['--input', 'itch:/x/a:b:AAPL', '--orders', '5'], now)).toMatchObject(day);
  });

  test.each([
    ['--seed', '-1'],
    ['--seed', '18446744073709551616'],
    ['--seed', '0x10'],
    ['--orders', '0'],
    ['--orders', '1.5'],
    ['--orders', 'all'],
    ['--batch-size', '1025'],
    ['--batch-size', ''],
    ['--kind', 'fake'],
    ['--workers', '0'],
    ['--input', 'messages.csv'],
    ['--input', 'lobster:'],
    ['--input', 'itch:/x/day'],
    ['--input', 'itch:/x/day:'],
    ['--input', 'itch:/x/day:TOOLONGNAME'],
  ])('refuse %s %j by name and value', (field, value) => {
    expectRefusal(() => parseDemoOptions([`${field}=${value}`], now), 'USAGE', {
      field,
      value: JSON.stringify(value),
    });
  });

  test.each([['--sed', '1'], ['stray'], ['--seed']])('refuse the command line %j', (...args) => {
    expectRefusal(() => parseDemoOptions(args, now), 'USAGE', {
      field: 'command line',
      value: args.join(' '),
    });
  });
});

describe('output', () => {
  const record = () => {
    const written: string[] = [];
    return { written, stream: { write: (text: string) => written.push(text) > 0 } };
  };

  test('rewrites one line on a terminal and stays silent about progress elsewhere', () => {
    const terminal = record();
    const line = new ProgressLine(terminal.stream, true);
    line.show('1/2');
    line.show('1/2');
    line.show('2/2');
    line.say('done');
    expect(terminal.written).toEqual(['\r\u001b[2K1/2', '\r\u001b[2K2/2', '\r\u001b[2K', 'done\n']);
    const file = record();
    const plain = new ProgressLine(file.stream, false);
    plain.show('1/2');
    plain.say('done');
    expect(file.written).toEqual(['done\n']);
  });

  test('lines up a table, numbers to the right', () => {
    expect(
      renderTable(
        ['n', 'name'],
        [
          ['1', 'a'],
          ['10', 'bcdef'],
        ],
      ),
    ).toBe(' n  name\n--  -----\n 1  a\n10  bcdef');
  });
});
