/**
 * The bytes from `start` to `end`, in memory of their own. `bytes.slice` is no such thing: of a Node Buffer it is a view, and whoever
 * writes to the buffer later would change what was signed for.
 */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, start, end);
}
