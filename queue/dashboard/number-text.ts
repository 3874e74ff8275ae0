import { decimalTextOfRaw } from '../../engine/decimal-text.ts';

// Numbers as people read them. Money and counts stay bigint until they are digits.

/** Digits in groups of three: 1234567.89 is 1,234,567.89. */
export function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** How many of something: 1 command, 2,400 commands. */
export function counted(count: number, thing: string): string {
  return `${grouped(String(count))} ${thing}${count === 1 ? '' : 's'}`;
}

/** A raw u64 of so many decimals. */
export function decimalText(raw: bigint, decimals: number): string {
  return grouped(decimalTextOfRaw(raw, decimals));
}

/** The same without zeros at the end, for axes. */
export function shortDecimalText(raw: bigint, decimals: number): string {
  const text = decimalTextOfRaw(raw, decimals);
  return grouped(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

/** A quantity as 950, 12.3k or 4.5M, rounded down: as many digits as fit an axis. */
export function compactText(raw: bigint, decimals: number): string {
  const units = raw / 10n ** BigInt(decimals);
  for (const [size, suffix] of [
    [1_000_000_000_000n, 'T'],
    [1_000_000_000n, 'B'],
    [1_000_000n, 'M'],
    [10_000n, 'k'],
  ] as const) {
    const divisor = suffix === 'k' ? 1_000n : size;
    if (units >= size)
      return `${grouped(decimalTextOfRaw((units * 10n) / divisor, 1)).replace(/\.0$/, '')}${suffix}`;
  }
  return shortDecimalText(raw, decimals);
}

/** part / whole as 0 .. 1, to a millionth: for lengths on a screen, never for money. */
export function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000;
}

/** A duration: 850 ms, 18.4 s, 3 min 20 s, 2 h 5 min. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 99_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 3_600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A duration on an axis, where ticks are round. */
export function axisDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${axisNumber(durationMs)} ms`;
  if (durationMs < 120_000) return `${axisNumber(durationMs / 1_000)} s`;
  return durationMs < 7_200_000
    ? `${axisNumber(durationMs / 60_000)} min`
    : `${axisNumber(durationMs / 3_600_000)} h`;
}

/** A round number on an axis, without the crumbs of floating point. */
export function axisNumber(value: number): string {
  return grouped(String(Number(value.toPrecision(3))));
}

/** How long ago: just now, 12 s ago, 5 min ago. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A rate per second: 12,400, 43.2, 0.08. */
export function rateText(perSecond: number): string {
  if (perSecond >= 1_000) return grouped(String(Math.round(perSecond)));
  if (perSecond >= 10) return perSecond.toFixed(1);
  return perSecond >= 1 || perSecond === 0 ? perSecond.toFixed(1) : perSecond.toPrecision(2);
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The time of day of a millisecond timestamp, in the reader's zone. */
export function timeText(atMs: number): string {
  return TIME.format(atMs);
}

/** Milliseconds since the epoch of a nanosecond timestamp; they fit a number until the year 287396. */
export function millisecondsOf(timestampNs: bigint): number {
  return Number(timestampNs / 1_000_000n);
}

/** The ends of a digest: enough to compare by eye, and never taken for all of it. */
export function digestText(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-6)}`;
}
