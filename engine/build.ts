/**
 * Compiles the consensus module: `node engine/build.ts` writes engine/artifact/circuit.wasm, `--check` only compares.
 * The module is committed, so that whoever does not change the engine needs no compiler; a test builds it again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));
const ARTIFACT = join(ENGINE_DIRECTORY, 'artifact', 'circuit.wasm');

/** 17 pages of 64 KiB hold every static buffer; the module may never grow. */
const MEMORY_PAGES = '17';

/** The bytes of the module that the sources under engine/assembly compile to. */
export async function compileEngine(): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'circuit.ts',
      '--baseDir',
      join(ENGINE_DIRECTORY, 'assembly'),
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      // Without this the module imports `abort` and carries source paths, and its digest depends on the build folder.
      '--use',
      'abort=',
      '--initialMemory',
      MEMORY_PAGES,
      '--maximumMemory',
      MEMORY_PAGES,
      '--outFile',
      'circuit.wasm',
    ],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') module = contents;
      },
    },
  );
  if (error !== null || module === undefined)
    throw new Error(`asc failed: ${stderr.toString()}`, { cause: error });
  return module;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await compileEngine();
  if (process.argv.includes('--check')) {
    if (Buffer.compare(built, readFileSync(ARTIFACT)) !== 0) {
      console.error(
        'engine/artifact/circuit.wasm is not what engine/assembly compiles to: run `node engine/build.ts`',
      );
      process.exitCode = 1;
    }
  } else {
    mkdirSync(dirname(ARTIFACT), { recursive: true });
    writeFileSync(ARTIFACT, built);
    console.log(`engine/artifact/circuit.wasm: ${built.length} bytes`);
  }
}
