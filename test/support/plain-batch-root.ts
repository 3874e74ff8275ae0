import { blake3 } from '@noble/hashes/blake3.js';

/** The batch root straight from the text of PROTOCOL.md §6, with no tree library: the check on the one that uses it. */
export function plainBatchRoot(records: Uint8Array): Uint8Array {
  const key = Buffer.alloc(32);
  key.write('proofbook/leaf/v1', 'ascii');
  let layer: Uint8Array[] = [];
  for (let leaf = 0; leaf < 256; leaf++) {
    const page = Buffer.alloc(1024);
    page.set(records.subarray(leaf * 1024, (leaf + 1) * 1024));
    layer.push(leaf * 1024 < records.length ? blake3(page, { key }) : new Uint8Array(32));
  }
  while (layer.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < layer.length; i += 2) {
      above.push(blake3(Buffer.concat([layer[i] ?? new Uint8Array(), layer[i + 1] ?? new Uint8Array()])));
    }
    layer = above;
  }
  return layer[0] ?? new Uint8Array();
}
