const DEPTH_MAX = 16;

/**
 * The one text of a JSON value: names sorted by code unit, no spaces, numbers and strings as JSON.stringify writes
 * them. Two texts of one value would be two byte strings for one receipt.
 *
 * @returns undefined when the value is nested deeper than 16 levels or is no JSON value.
 */
export function canonicalJson(value: unknown, depth = 0): string | undefined {
  if (depth > DEPTH_MAX) return undefined;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value))
    return joined(
      '[',
      value.map((item) => canonicalJson(item, depth + 1)),
      ']',
    );
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => {
      const text = canonicalJson(member, depth + 1);
      return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
    });
  return joined('{', members, '}');
}

function joined(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;
}
