import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files by which Linux says how it is set; another root is for tests. */
export class MachineFiles {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** A file's text without white space around it; undefined when it is not there or may not be read. */
  text(path: string): string | undefined {
    try {
      return readFileSync(join(this.#root, path), 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  /** The names in a directory, sorted; none when it is not there. */
  names(path: string): readonly string[] {
    try {
      return readdirSync(join(this.#root, path)).sort();
    } catch {
      return [];
    }
  }
}
