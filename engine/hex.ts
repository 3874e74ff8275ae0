/** Bytes as lower-case hex digits without a prefix. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
