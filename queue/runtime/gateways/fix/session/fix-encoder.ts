import type { FixField } from './fix-message.ts';

const SOH = '\x01';
const BEGIN_STRING = 'FIX.4.4';
/** What ends a field cannot be in a value, and what is no latin-1 has no byte here. */
const UNSENDABLE = /[^\x20-\x7e\xa0-\xff]/g;

/** Fields as they stand in a message, each with its separator. */
export function fieldsText(fields: readonly FixField[]): string {
  return fields.map(([tag, value]) => `${tag}=${value.replace(UNSENDABLE, '?')}${SOH}`).join('');
}

/** The bytes of a message: BeginString, BodyLength and CheckSum are put around the type and the fields, which are in their order. @param behind more fields, as `fieldsText` gives them */
export function encodeFix(type: string, fields: readonly FixField[], behind = ''): Buffer {
  const text = `35=${type}${SOH}${fieldsText(fields)}${behind}`;
  const bytes = Buffer.from(`8=${BEGIN_STRING}${SOH}9=${text.length}${SOH}${text}10=000${SOH}`, 'latin1');
  let sum = 0;
  const end = bytes.length - 7;
  for (let at = 0; at < end; at++) sum += bytes[at] ?? 0;
  bytes.write(String(sum % 256).padStart(3, '0'), end + 3, 'latin1');
  return bytes;
}
