// Builds the guest: engine/artifact/circuit.wasm -> C -> RV32IM, linked with the Rust shell.
//   node guest/build.ts           writes guest/artifact/circuit.elf and circuit.json
//   node guest/build.ts --check   builds and compares every byte with what is committed
// guest/README.md has the tools it needs and what each exit code means.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
import { digestHex, formatRecord, readBytes, readRecord, writeWhole } from './artifact-record.ts';
import { checkBytes, checkEngine, checkToolchain } from './compare.ts';
import { buildPlaces, compileGuest } from './compile.ts';
import { exitCodeOf } from './exit-code.ts';
import { askImageId } from './image-id.ts';
import { findPrograms, readToolchain } from './toolchain.ts';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const elfPath = join(checkout, 'guest/artifact/circuit.elf');
const recordPath = join(checkout, 'guest/artifact/circuit.json');

const enginePath = join(checkout, 'engine/artifact/circuit.wasm');

async function build(hostBinary: string): Promise<void> {
  const programs = findPrograms();
  const toolchain = readToolchain(programs, checkout);
  const elf = compileGuest(programs, buildPlaces(checkout, enginePath));
  const imageId = await askImageId(hostBinary, elf);
  const record = {
    imageId,
    elfDigest: digestHex(elf),
    engineDigest: digestHex(readBytes(enginePath)),
    toolchain,
  };
  mkdirSync(dirname(elfPath), { recursive: true });
  writeWhole(elfPath, elf);
  writeWhole(recordPath, formatRecord(record));
  console.log(`guest/artifact/circuit.elf: ${elf.byteLength} bytes, image id ${imageId}`);
}

async function check(hostBinary: string | undefined): Promise<void> {
  const recorded = readRecord(recordPath);
  const engine = readBytes(enginePath);
  checkEngine(engine, recorded);
  const programs = findPrograms();
  const toolchain = readToolchain(programs, checkout);
  checkToolchain(toolchain, recorded.toolchain);
  const elf = compileGuest(programs, buildPlaces(checkout, enginePath));
  checkBytes({ name: 'guest/artifact/circuit.elf', committed: readBytes(elfPath), built: elf });
  const imageId = hostBinary === undefined ? recorded.imageId : await askImageId(hostBinary, elf);
  const record = { imageId, elfDigest: digestHex(elf), engineDigest: digestHex(engine), toolchain };
  const built = new TextEncoder().encode(formatRecord(record));
  checkBytes({ name: 'guest/artifact/circuit.json', committed: readBytes(recordPath), built });
  const imageIdNote = hostBinary === undefined ? 'not checked (no prover host was given)' : 'checked';
  console.log(`guest/artifact is what this checkout builds; image id ${recorded.imageId} ${imageIdNote}`);
}

function readArguments() {
  try {
    return parseArgs({
      options: { check: { type: 'boolean', default: false }, 'host-binary': { type: 'string' } },
    }).values;
  } catch (cause) {
    const value = process.argv.slice(2).join(' ');
    throw new ProofbookError('USAGE', { field: 'arguments', value, reason: String(cause) }, { cause });
  }
}

async function main(): Promise<void> {
  const values = readArguments();
  const hostBinary = values['host-binary'] ?? process.env.PROOFBOOK_HOST_BINARY;
  if (values.check) return check(hostBinary);
  if (hostBinary === undefined) {
    throw new ProofbookError('INVALID_FIELD', {
      field: 'PROOFBOOK_HOST_BINARY',
      value: '(not set)',
      reason: 'the image id comes from the prover host: set it, or give --host-binary PATH',
    });
  }
  return build(hostBinary);
}

try {
  await main();
} catch (error) {
  console.error(isProofbookError(error) ? `${error.code}: ${error.message}` : error);
  process.exitCode = exitCodeOf(error);
}
