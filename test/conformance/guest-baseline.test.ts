import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareBaseline } from '../baseline/compare-baseline.ts';
import { BASELINE_PATH, type GuestBaseline, measureGuest, readBaseline } from '../baseline/guest-baseline.ts';
import { formatBaseline } from '../baseline/record.ts';

const ADVICE = 'record the new figures with `node test/baseline/record.ts` and commit them with the change';

test('the committed guest and module cost at most 5 % more than the recorded baseline', () => {
  const { faults, gains } = compareBaseline(readBaseline(), measureGuest());
  if (gains.length > 0)
    console.log(['better than the baseline by more than 5 %:', ...gains, ADVICE].join('\n'));
  expect(faults, ADVICE).toEqual([]);
});

test('the baseline file is as the recorder writes it', () => {
  expect(readFileSync(BASELINE_PATH, 'utf8')).toBe(formatBaseline(readBaseline()));
});

describe('the comparison', () => {
  const base = readBaseline();
  /** The recorded baseline with every number of it multiplied. */
  const times = (factor: number): GuestBaseline =>
    JSON.parse(JSON.stringify(base), (_, value: unknown) =>
      typeof value === 'number' ? value * factor : value,
    ) as GuestBaseline;

  test('finds every figure that grew by more than 5 %, and none below that', () => {
    const figures = compareBaseline(base, times(1.051)).faults;
    expect(figures.some((fault) => /balanced flow: .* match grew/.test(fault))).toBe(true);
    expect(figures.some((fault) => /bytes of circuit\.wasm grew/.test(fault))).toBe(true);
    expect(compareBaseline(base, times(1.049)).faults).toEqual([]);
  });

  test('tells gains of more than 5 %, and no smaller ones', () => {
    const better = compareBaseline(base, times(0.949));
    expect(better.faults).toEqual([]);
    expect(better.gains).toHaveLength(compareBaseline(base, times(1.051)).faults.length);
    expect(compareBaseline(base, times(0.951)).gains).toEqual([]);
  });

  test('finds a flow that went, that is new, and whose commands are others', () => {
    const { balanced, ...others } = base.flows;
    if (balanced === undefined) throw new Error('the baseline has no balanced flow');
    const without = { ...base, flows: others };
    expect(compareBaseline(base, without).faults.length).toBeGreaterThan(5);
    expect(compareBaseline(without, base).faults.length).toBeGreaterThan(5);
    const moved = { ...base, flows: { ...base.flows, balanced: { ...balanced, commandsDigest: '00' } } };
    expect(compareBaseline(base, moved).faults).toHaveLength(1);
  });
});
