const UTC_TIMESTAMP = /^(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)(?:\.(\d{3})(\d{3}(?:\d{3})?)?)?$/;

/** A UTCTimestamp with milliseconds. @param epochMs whole milliseconds since 1970 */
export function fixTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
}

/** Milliseconds since 1970 of a UTCTimestamp; undefined for what is none. Digits behind milliseconds are not looked at. */
export function epochMsOf(text: string): number | undefined {
  const parts = UTC_TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts
    .slice(1, 8)
    .map((part) => Number(part ?? 0));
  // A leap second is the next minute's first.
  const epochMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const isDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return isDay && month >= 1 && month <= 12 && hour < 24 && minute < 60 && second <= 60 ? epochMs : undefined;
}
