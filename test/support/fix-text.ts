import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';

const SOH = '\x01';

/** A FIX message put together by hand, for tests: not with the venue's encoder. @param fields from MsgType on */
export function fixText(fields: readonly FixField[], beginString = 'FIX.4.4'): string {
  const body = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');
  const head = `8=${beginString}${SOH}9=${body.length}${SOH}${body}`;
  const sum = [...Buffer.from(head, 'latin1')].reduce((total, byte) => total + byte, 0);
  return `${head}10=${String(sum % 256).padStart(3, '0')}${SOH}`;
}

/** Tag and value of each field of a message. @throws when BodyLength or CheckSum is not what the standard says */
export function fieldsOf(text: string): FixField[] {
  const fields = text
    .slice(0, -1)
    .split(SOH)
    .map((part): FixField => {
      const at = part.indexOf('=');
      return [Number(part.slice(0, at)), part.slice(at + 1)];
    });
  const [begin, , ...rest] = fields;
  if (fixText(rest.slice(0, -1), begin?.[1]) !== text) throw new Error(`a wrong frame: ${text}`);
  return fields;
}

/** The fields as `35=A|34=1`, in their order, for those tags only. */
export function shown(text: string, tags: readonly number[]): string {
  return fieldsOf(text)
    .filter(([tag]) => tags.includes(tag))
    .map(([tag, value]) => `${tag}=${value}`)
    .join('|');
}

/** `20260101-00:00:00.000`. */
export function utc(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number, width = 2) => String(value).padStart(width, '0');
  const day = `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day}-${time}.${two(date.getUTCMilliseconds(), 3)}`;
}
