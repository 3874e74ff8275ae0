import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type ContentDigest, contentDigest, isContentDigest } from './content-digest.ts';
import { syncDirectory, writeFilesDurably } from './durable-file.ts';

/**
 * Content-addressed files on disk: the address of content is its BLAKE3, so a file can never silently be another one.
 * Two levels of directories keep any directory small. Several processes may use one store at once.
 *
 * @example
 * ```ts
 * const store = new ContentStore('/tmp/content');
 * const digest = store.put(new Uint8Array([1, 2, 3]));
 * store.get(digest); // Uint8Array [1, 2, 3]
 * ```
 */
export class ContentStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  /** Writes content durably and returns its address. Content that is there already, and intact, is not written again. */
  put(bytes: Uint8Array): ContentDigest {
    return this.putAll(bytes)[0];
  }

  /**
   * Writes several contents durably, in a few waits for the disk whatever their number, and returns their addresses in the same order.
   */
  putAll<Contents extends readonly Uint8Array[]>(
    ...contents: Contents
  ): { readonly [Index in keyof Contents]: ContentDigest } {
    const digests = contents.map(contentDigest);
    const missing = new Map<string, Uint8Array>();
    for (const [index, digest] of digests.entries()) {
      const bytes = contents[index];
      if (bytes !== undefined && !this.#isIntact(digest)) missing.set(this.pathOf(digest), bytes);
    }
    if (missing.size > 0) this.#write(missing);
    return digests as { readonly [Index in keyof Contents]: ContentDigest };
  }

  #write(missing: ReadonlyMap<string, Uint8Array>): void {
    const parents = new Set([...missing.keys()].map((path) => dirname(dirname(path))));
    for (const path of missing.keys()) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFilesDurably([...missing].map(([path, bytes]) => ({ path, bytes })));
    // The names of the directories that were made for them.
    for (const directory of [...parents, this.#root]) syncDirectory(directory);
  }

  /**
   * The content at an address, checked against it.
   *
   * @throws CONTENT_MISSING when there is none, CONTENT_CORRUPTED when its bytes have another digest
   */
  get(digest: ContentDigest): Uint8Array {
    const path = this.pathOf(digest);
    if (!existsSync(path)) throw new ProofbookError('CONTENT_MISSING', { digest });
    const bytes = readFileSync(path);
    const actual = contentDigest(bytes);
    if (actual !== digest) throw new ProofbookError('CONTENT_CORRUPTED', { digest, actual, path });
    return bytes;
  }

  /** Where the content of an address is, or would be. @throws INVALID_FIELD when `digest` is no address */
  pathOf(digest: ContentDigest): string {
    if (!isContentDigest(digest)) {
      throw new ProofbookError('INVALID_FIELD', {
        field: 'digest',
        value: digest,
        reason: 'a content address is 64 lower-case hex digits',
      });
    }
    return contentPath(this.#root, digest);
  }

  // A damaged file is written again rather than trusted for its name.
  #isIntact(digest: ContentDigest): boolean {
    try {
      this.get(digest);
      return true;
    } catch {
      return false;
    }
  }
}

/** Where a store in `root` has the content of an address. */
export function contentPath(root: string, digest: ContentDigest): string {
  return join(root, digest.slice(0, 2), digest.slice(2, 4), digest.slice(4));
}
