import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { compileEngine } from '../../engine/build.ts';
import type { Mutant } from './mutants.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = ['engine', 'prover', 'queue', 'test', 'guest/artifact'];
const FILES = ['package.json', 'vitest.config.ts', 'tsconfig.json'];

const MODEL_SUITES = [
  ...['expiry', 'fill-or-kill', 'self-trade', 'iceberg', 'stops', 'stop-cascade', 'stop-leaf', 'replace'],
  ...['replace-stop', 'slide', 'cancel-all', 'market-state', 'tick-and-lot', 'transition-bound'],
];

/** What vitest gets for each suite, the quick ones first: a bug that they catch never meets the slow ones, which shrink what they find. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  scenarios: [...MODEL_SUITES.map((name) => `test/unit/model-${name}.test.ts`), 'test/unit/engine.test.ts'],
  // The guest there has no bug, which no forged image comes far enough to tell.
  images: ['test/conformance/fuzz-states.test.ts', '-t', 'a forged book'],
  witnesses: ['test/unit/engine-witness.test.ts', 'test/conformance/witness-equivalence.test.ts'],
  limits: ['test/conformance/engine-at-limits.test.ts'],
  flows: ['test/conformance/engine-against-model.test.ts'],
};

/** An endless loop is a caught bug, too. */
const SUITE_TIMEOUT_MS = 180_000;

/** The compiler works in this process, one engine at a time. */
let compiling: Promise<void> = Promise.resolve();

/** A copy of the project in a temporary folder, whose engine is compiled and tested with other sources. */
export class EngineCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'proofbook-mutants-'));

  constructor() {
    for (const room of ROOMS) {
      // The prover host is Rust, and its builds are large; no suite here needs it.
      const isWanted = (path: string) => path !== join(PROJECT, 'prover', 'host');
      cpSync(join(PROJECT, room), join(this.#folder, room), { recursive: true, filter: isWanted });
    }
    for (const file of FILES) cpSync(join(PROJECT, file), join(this.#folder, file));
    symlinkSync(join(PROJECT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** The first suite that fails with this bug, or undefined. Throws when the mutated engine does not compile. */
  async suiteThatCatches({ bug, file, from, to }: Mutant): Promise<string | undefined> {
    const path = join(this.#folder, 'engine', 'assembly', file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2) throw new Error(`"${bug}": its text is not in ${file} exactly once`);
    writeFileSync(
      path,
      source.replace(from, () => to),
    );
    try {
      return await this.failingSuite();
    } catch (error) {
      throw new Error(`"${bug}": ${String(error)}`);
    } finally {
      writeFileSync(path, source);
    }
  }

  /** Compiles the engine and runs one suite after the other; the name of the first that fails. */
  async failingSuite(): Promise<string | undefined> {
    await this.#compile();
    for (const [name, suite] of Object.entries(SUITES)) if (!(await this.#passes(suite))) return name;
    return undefined;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #compile(): Promise<void> {
    const compiled = compiling.then(async () => {
      const build = (await import(pathToFileURL(join(this.#folder, 'engine', 'build.ts')).href)) as {
        compileEngine: typeof compileEngine;
      };
      await build.compileEngine('circuit', join(this.#folder, 'engine', 'artifact', 'circuit.wasm'));
    });
    compiling = compiled.catch(() => {});
    return compiled;
  }

  /** Threads end with their process, also in an endless loop. */
  #passes(suite: readonly string[]): Promise<boolean> {
    const vitest = join(this.#folder, 'node_modules', '.bin', 'vitest');
    const options = ['--bail', '1', '--no-isolate', '--pool', 'threads', '--no-file-parallelism'];
    return new Promise((resolve, reject) => {
      const child = spawn(vitest, ['run', ...options, ...suite], {
        cwd: this.#folder,
        env: { ...process.env, PROOFBOOK_CONFORMANCE_SHRINK: '0' },
        stdio: 'ignore',
        timeout: SUITE_TIMEOUT_MS,
        killSignal: 'SIGKILL',
      });
      child.once('error', reject);
      child.once('close', (status) => resolve(status === 0));
    });
  }
}
