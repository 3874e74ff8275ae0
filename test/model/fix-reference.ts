/**
 * The FIX scanner again, on text and one rule after the other: what assembly/fix-scan.ts is compared with.
 * Garbled messages: FIX 4.4 volume 2; types of the fields of type Length: volume 6.
 */
const SOH = '\x01';
const BODY_BYTES_MAX = 16_384;
const FIELDS_MAX = 1024;
const TRAILER = new RegExp(`^${SOH}10=\\d{3}${SOH}$`);

/** Data fields by the field that says their length. */
const DATA_TAGS: ReadonlyMap<number, number> = new Map([
  [95, 96],
  [90, 91],
  [93, 89],
  [212, 213],
  [445, 446],
  [618, 619],
  [621, 622],
  ...[348, 350, 352, 354, 356, 358, 360, 362, 364].map((tag): [number, number] => [tag, tag + 1]),
]);

export interface ReferenceScan {
  readonly status: string;
  /** Where the next message begins. */
  readonly end: number;
  /** Tag, offset, length. */
  readonly fields: readonly (readonly [number, number, number])[];
}

/** Reads one message of `text`, of one character for each byte, from `begin` on. */
export function scanByReference(text: string, begin: number): ReferenceScan {
  const rest = text.slice(begin);
  const stop = (status: string, end: number): ReferenceScan => ({ status, end, fields: [] });
  const partial = stop('partial', begin);
  const garbled = (status: string): ReferenceScan => stop(status, begin + nextBegin(rest));

  if (!'8='.startsWith(rest.slice(0, 2))) return garbled('noBeginString');
  if (rest.length < 2) return partial;
  const beginString = rest.slice(2).split(SOH, 1)[0] ?? '';
  if (beginString.length > 16) return garbled('noBeginString');
  const lengthField = 2 + beginString.length + 1;
  if (rest.length < lengthField + 2) return partial;
  if (beginString === '') return garbled('noBeginString');
  if (rest.slice(lengthField, lengthField + 2) !== '9=') return garbled('badBodyLength');
  const digits = /^\d*/.exec(rest.slice(lengthField + 2))?.[0] ?? '';
  if (digits.length > 6) return garbled('badBodyLength');
  const digitsEnd = lengthField + 2 + digits.length;
  if (digitsEnd === rest.length) return partial;
  const length = Number(digits);
  if (rest[digitsEnd] !== SOH || digits === '' || length < 5 || length > BODY_BYTES_MAX)
    return garbled('badBodyLength');
  const bodyStart = digitsEnd + 1;
  const bodyEnd = bodyStart + length;
  if (rest.length >= bodyStart + 3 && !rest.startsWith('35=', bodyStart)) return garbled('noMsgType');
  if (rest.length < bodyEnd + 7) return partial;
  if (!TRAILER.test(rest.slice(bodyEnd - 1, bodyEnd + 7))) return garbled('noTrailer');

  const end = begin + bodyEnd + 7;
  let sum = 0;
  for (const byte of Buffer.from(rest.slice(0, bodyEnd), 'latin1')) sum += byte;
  if (sum % 256 !== Number(rest.slice(bodyEnd + 3, bodyEnd + 6))) return stop('badChecksum', end);
  const fields: [number, number, number][] = [
    [8, begin + 2, beginString.length],
    [9, begin + lengthField + 2, digits.length],
    ...bodyFields(rest.slice(0, bodyEnd), bodyStart).map(([tag, offset, size]): [number, number, number] => [
      tag,
      begin + offset,
      size,
    ]),
  ];
  if (fields.length >= FIELDS_MAX) return stop('tooManyFields', end);
  return { status: 'complete', end, fields: [...fields, [10, begin + bodyEnd + 3, 3]] };
}

function bodyFields(text: string, bodyStart: number): [number, number, number][] {
  const fields: [number, number, number][] = [];
  let announced: { readonly tag: number; readonly length: number } | undefined;
  for (let start = bodyStart; start < text.length; ) {
    let stop = text.indexOf(SOH, start);
    const match = /^([1-9]\d{0,5})=/.exec(text.slice(start, stop));
    const tag = match === null ? 0 : Number(match[1]);
    const valueStart = start + (match === null ? 0 : match[0].length);
    if (announced !== undefined && tag === announced.tag) {
      const dataEnd = valueStart + announced.length;
      if (dataEnd > stop && text[dataEnd] === SOH && dataEnd < text.length) stop = dataEnd;
    }
    fields.push([tag, valueStart, stop - valueStart]);
    const dataTag = DATA_TAGS.get(tag);
    const value = text.slice(valueStart, stop);
    announced =
      dataTag === undefined
        ? undefined
        : { tag: dataTag, length: /^\d{1,5}$/.test(value) ? Number(value) : 0 };
    start = stop + 1;
  }
  return fields;
}

function nextBegin(rest: string): number {
  for (let at = 1; at < rest.length; ++at) {
    if (rest[at - 1] === SOH && '8='.startsWith(rest.slice(at, at + 2))) return at;
  }
  return Math.max(1, rest.length);
}
