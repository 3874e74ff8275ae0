// Finds one FIX message in the socket's buffer and lists its fields (FIX 4.4 volume 1, "Message format"; volume 2, "Garbled
// messages"). One source makes two modules: fix-simd.wasm when the compiler has SIMD enabled, fix-scalar.wasm when not. Both
// write the same bytes for the same input. Nothing is imported and nothing is allocated.

const SOH: u32 = 1;
const EQUALS: u32 = 0x3d;

/** Bytes of the input buffer; a socket reads straight into it. */
const INPUT_BYTES: u32 = 65536;
/** Bytes behind the input that a block may read. */
const SLACK_BYTES: u32 = 16;
/** Largest BodyLength that is taken. */
const BODY_BYTES_MAX: u32 = 16384;
const BEGIN_STRING_BYTES_MAX: u32 = 16;
const FIELDS_MAX: u32 = 1024;
const FIELD_BYTES: u32 = 12;
const TRAILER_BYTES: u32 = 7;
const TAG_MAX: u32 = 999999;

const INPUT: u32 = memory.data(INPUT_BYTES + SLACK_BYTES, 16) as u32;
const TABLE: u32 = memory.data(FIELDS_MAX * FIELD_BYTES, 16) as u32;
/** Where the next message begins, the fields of this one, its checksum as computed: three u32. */
const RESULT: u32 = memory.data(12, 16) as u32;

const COMPLETE: u32 = 0;
const PARTIAL: u32 = 1;
const NO_BEGIN_STRING: u32 = 2;
const BAD_BODY_LENGTH: u32 = 3;
const NO_MSG_TYPE: u32 = 4;
const NO_TRAILER: u32 = 5;
const BAD_CHECKSUM: u32 = 6;
const TOO_MANY_FIELDS: u32 = 7;

export function inputPointer(): u32 {
  return INPUT;
}

/** In bytes. */
export function inputCapacity(): u32 {
  return INPUT_BYTES;
}

/** Rows of tag, offset from the buffer's start, length: three u32 each. */
export function tablePointer(): u32 {
  return TABLE;
}

export function resultPointer(): u32 {
  return RESULT;
}

/** Reads the message that begins at byte `begin` of the input, which holds `end` bytes. Returns what became of it. */
export function scan(begin: u32, end: u32): u32 {
  if (end > INPUT_BYTES || begin > end) unreachable();
  store<u32>(RESULT, begin);
  store<u32>(RESULT, 0, 4);
  store<u32>(RESULT, 0, 8);
  const from = INPUT + begin;
  const limit = INPUT + end;
  if (from + 2 > limit) {
    if (from < limit && load<u8>(from) != 0x38) return garbled(from, limit, NO_BEGIN_STRING);
    return PARTIAL;
  }
  if (load<u16>(from) != 0x3d38) return garbled(from, limit, NO_BEGIN_STRING);
  let at = from + 2;
  while (at < limit && <u32>load<u8>(at) != SOH) {
    if (at - from - 2 >= BEGIN_STRING_BYTES_MAX) return garbled(from, limit, NO_BEGIN_STRING);
    ++at;
  }
  const beginEnd = at;
  if (at + 3 > limit) return PARTIAL;
  if (beginEnd == from + 2) return garbled(from, limit, NO_BEGIN_STRING);
  if (load<u16>(at + 1) != 0x3d39) return garbled(from, limit, BAD_BODY_LENGTH);
  const lengthStart = at + 3;
  at = lengthStart;
  let length: u32 = 0;
  while (at < limit) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    length = length * 10 + digit;
    ++at;
    if (at - lengthStart > 6) return garbled(from, limit, BAD_BODY_LENGTH);
  }
  if (at == limit) return PARTIAL;
  if (<u32>load<u8>(at) != SOH || at == lengthStart || length < 5 || length > BODY_BYTES_MAX)
    return garbled(from, limit, BAD_BODY_LENGTH);
  const bodyStart = at + 1;
  const bodyEnd = bodyStart + length;
  if (bodyStart + 3 <= limit && !isMsgType(bodyStart)) return garbled(from, limit, NO_MSG_TYPE);
  if (bodyEnd + TRAILER_BYTES > limit) return PARTIAL;
  if (!isTrailer(bodyEnd)) return garbled(from, limit, NO_TRAILER);
  addField(0, 8, from + 2, beginEnd);
  addField(1, 9, lengthStart, at);
  return scanBody(from, bodyStart, bodyEnd);
}

function isMsgType(at: u32): bool {
  return load<u16>(at) == 0x3533 && <u32>load<u8>(at + 2) == EQUALS;
}

/** SOH, `10=`, three digits, SOH. */
function isTrailer(at: u32): bool {
  if (<u32>load<u8>(at - 1) != SOH || load<u16>(at) != 0x3031 || <u32>load<u8>(at + 2) != EQUALS) return false;
  for (let digit: u32 = 3; digit < 6; ++digit) if (<u32>load<u8>(at + digit) - 0x30 > 9) return false;
  return <u32>load<u8>(at + 6) == SOH;
}

/** The next place where a message may begin: the first `8=` behind SOH, or the last bytes, which may be a part of one. */
function garbled(from: u32, limit: u32, reason: u32): u32 {
  let at = from + 1;
  for (; at < limit; ++at) {
    if (load<u8>(at) != 0x38) continue;
    // At least the start of `8=`, and behind the end of a field.
    if (<u32>load<u8>(at - 1) == SOH && (at + 1 == limit || <u32>load<u8>(at + 1) == EQUALS)) break;
  }
  store<u32>(RESULT, at - INPUT);
  return reason;
}

function addField(index: u32, tag: u32, valueStart: u32, valueEnd: u32): void {
  const row = TABLE + index * FIELD_BYTES;
  store<u32>(row, tag);
  store<u32>(row, valueStart - INPUT, 4);
  store<u32>(row, valueEnd - valueStart, 8);
}

let fieldCount: u32 = 0;
let fieldStart: u32 = 0;
let dataTag: u32 = 0;
let dataLength: u32 = 0;
let dataEnd: u32 = 0;
let lastEnd: u32 = 0;

function scanBody(from: u32, bodyStart: u32, bodyEnd: u32): u32 {
  fieldCount = 2;
  fieldStart = bodyStart;
  dataTag = 0;
  dataEnd = 0;
  lastEnd = bodyEnd;
  let sum: u32 = 0;
  for (let at = from; at < bodyStart; ++at) sum += load<u8>(at);
  let at = bodyStart;
  if (ASC_FEATURE_SIMD) {
    const separators = i8x16.splat(SOH as i8);
    let sums = i32x4.splat(0);
    for (; at + 16 <= bodyEnd; at += 16) {
      const block = v128.load(at);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(block)));
      let mask = <u32>i8x16.bitmask(i8x16.eq(block, separators));
      while (mask != 0) {
        endField(at + ctz(mask));
        mask &= mask - 1;
      }
    }
    sum += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  }
  for (; at < bodyEnd; ++at) {
    const byte = <u32>load<u8>(at);
    sum += byte;
    if (byte == SOH) endField(at);
  }
  store<u32>(RESULT, bodyEnd + TRAILER_BYTES - INPUT);
  sum &= 255;
  store<u32>(RESULT, sum, 8);
  const stated =
    (<u32>load<u8>(bodyEnd + 3) - 0x30) * 100 + (<u32>load<u8>(bodyEnd + 4) - 0x30) * 10 + <u32>load<u8>(bodyEnd + 5) - 0x30;
  if (stated != sum) return BAD_CHECKSUM;
  if (fieldCount >= FIELDS_MAX) return TOO_MANY_FIELDS;
  addField(fieldCount, 10, bodyEnd + 3, bodyEnd + 6);
  store<u32>(RESULT, fieldCount + 1, 4);
  return COMPLETE;
}

/** A SOH at `at`: the end of a field, unless it stands inside a data field, whose length the field before it says. */
function endField(at: u32): void {
  if (at < dataEnd) return;
  let tag: u32 = 0;
  let next = fieldStart;
  for (; next < at; ++next) {
    const digit = <u32>load<u8>(next) - 0x30;
    if (digit > 9) break;
    // No leading zero, and no tag that wraps.
    tag = tag * 10 + digit;
    if (tag == 0 || tag > TAG_MAX) break;
  }
  // What is no tag has tag 0 and its whole text as value: the session rejects it.
  if (tag == 0 || tag > TAG_MAX || next == at || <u32>load<u8>(next) != EQUALS) {
    tag = 0;
    next = fieldStart;
  } else {
    ++next;
  }
  if (dataTag != 0 && tag == dataTag && dataLength <= lastEnd - next) {
    const end = next + dataLength;
    if (end > at && end < lastEnd && <u32>load<u8>(end) == SOH) {
      dataEnd = end;
      return;
    }
  }
  if (fieldCount < FIELDS_MAX) addField(fieldCount++, tag, next, at);
  dataTag = dataTagOf(tag);
  if (dataTag != 0) dataLength = lengthOf(next, at);
  fieldStart = at + 1;
}

/** The data field that a length field announces, or 0 (FIX 4.4 volume 6, fields of type Length). */
function dataTagOf(tag: u32): u32 {
  if (tag < 90) return 0;
  if (tag == 95 || tag == 90 || tag == 212 || tag == 445 || tag == 618 || tag == 621) return tag + 1;
  if (tag == 93) return 89;
  if (tag >= 348 && tag <= 364 && (tag & 1) == 0) return tag + 1;
  return 0;
}

/** A decimal of at most 5 digits, else 0. */
function lengthOf(start: u32, end: u32): u32 {
  if (end - start > 5) return 0;
  let length: u32 = 0;
  for (let at = start; at < end; ++at) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) return 0;
    length = length * 10 + digit;
  }
  return length;
}
