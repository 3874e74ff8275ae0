import { describe, expect, test } from 'vitest';
import { LastWords } from '../../prover/sdk/last-words.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('last words of a process', () => {
  test('joins lines that arrive in pieces, also inside a character', () => {
    const words = new LastWords();
    const text = bytes('first\nüber\nthe end');
    for (const byte of text) words.push(Uint8Array.of(byte));
    expect(words.lines).toEqual(['first', 'über', 'the end']);
    expect(words.summary).toBe('the end');
  });

  test('keeps the last 20 lines and drops empty ones', () => {
    const words = new LastWords();
    for (let line = 0; line < 100; line++) words.push(bytes(`line ${line}\n\n`));
    expect(words.lines).toHaveLength(20);
    expect(words.lines[0]).toBe('line 80');
    expect(words.summary).toBe('line 99');
  });

  test('bounds a line that never ends', () => {
    const words = new LastWords();
    for (let chunk = 0; chunk < 1000; chunk++) words.push(bytes('x'.repeat(1000)));
    expect(words.summary.length).toBeLessThanOrEqual(400);
  });

  test('says when there were none', () => {
    expect(new LastWords().summary).toBe('(none)');
  });
});
