import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** Parses a command's arguments strictly. @throws USAGE */
export function parseCommandLine<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  allowPositionals: boolean,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProofbookError(
      'USAGE',
      { field: 'command line', value: args.join(' '), reason },
      { cause: error },
    );
  }
}

/** The value of an option that has no default. @throws USAGE naming the option */
export function required(option: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new ProofbookError('USAGE', { field: option, value: 'absent', reason: 'must be given' });
}

/** Reads a whole number in min .. max. @throws USAGE naming the option */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new ProofbookError('USAGE', {
      field: option,
      value: JSON.stringify(text),
      reason: `must be a whole number, ${min} .. ${max}`,
    });
  }
  return value;
}

/** Reads one of some words. @throws USAGE naming the option */
export function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    const reason = `must be one of ${words.join(', ')}`;
    throw new ProofbookError('USAGE', { field: option, value: JSON.stringify(text), reason });
  }
  return word;
}
