// Builds the guests: engine/artifact/circuit.wasm -> C -> RV32IM, linked with a Rust shell each.
//   node guest/build.ts           writes guest/artifact/: circuit.elf, aggregation.elf, and a record (.json) of each
//   node guest/build.ts --check   builds and compares every byte with what is committed
// guest/README.md has the tools it needs and what each exit code means.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
import { digestHex, formatRecord, readBytes, readRecord, writeWhole } from './artifact-record.ts';
import { checkBytes, checkEngine, checkToolchain } from './compare.ts';
import { AGGREGATION_GUEST, buildPlaces, CIRCUIT_GUEST, compileGuest, type GuestProgram } from './compile.ts';
import { exitCodeOf } from './exit-code.ts';
import { askImageId } from './image-id.ts';
import { findPrograms, readToolchain } from './toolchain.ts';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const GUESTS = [CIRCUIT_GUEST, AGGREGATION_GUEST];
const enginePath = join(checkout, 'engine/artifact/circuit.wasm');

function artifactOf({ name }: GuestProgram) {
  const [elf, record] = [`guest/artifact/${name}.elf`, `guest/artifact/${name}.json`];
  return { elf, record, elfPath: join(checkout, elf), recordPath: join(checkout, record) };
}

async function build(program: GuestProgram, hostBinary: string): Promise<void> {
  const artifact = artifactOf(program);
  const programs = findPrograms();
  const toolchain = readToolchain(programs, checkout);
  const elf = compileGuest(programs, buildPlaces(checkout, enginePath, program));
  const imageId = await askImageId(hostBinary, elf);
  const record = {
    imageId,
    elfDigest: digestHex(elf),
    engineDigest: digestHex(readBytes(enginePath)),
    toolchain,
  };
  mkdirSync(dirname(artifact.elfPath), { recursive: true });
  writeWhole(artifact.elfPath, elf);
  writeWhole(artifact.recordPath, formatRecord(record));
  console.log(`${artifact.elf}: ${elf.byteLength} bytes, image id ${imageId}`);
}

async function check(program: GuestProgram, hostBinary: string | undefined): Promise<void> {
  const artifact = artifactOf(program);
  const recorded = readRecord(artifact.recordPath);
  const engine = readBytes(enginePath);
  checkEngine(engine, recorded);
  const programs = findPrograms();
  const toolchain = readToolchain(programs, checkout);
  checkToolchain(toolchain, recorded.toolchain);
  const elf = compileGuest(programs, buildPlaces(checkout, enginePath, program));
  checkBytes({ name: artifact.elf, committed: readBytes(artifact.elfPath), built: elf });
  const imageId = hostBinary === undefined ? recorded.imageId : await askImageId(hostBinary, elf);
  const record = { imageId, elfDigest: digestHex(elf), engineDigest: digestHex(engine), toolchain };
  const built = new TextEncoder().encode(formatRecord(record));
  checkBytes({ name: artifact.record, committed: readBytes(artifact.recordPath), built });
  const imageIdNote = hostBinary === undefined ? 'not checked (no prover host was given)' : 'checked';
  console.log(`${artifact.elf} is what this checkout builds; image id ${recorded.imageId} ${imageIdNote}`);
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
  if (values.check) {
    for (const program of GUESTS) await check(program, hostBinary);
    return;
  }
  if (hostBinary === undefined) {
    throw new ProofbookError('INVALID_FIELD', {
      field: 'PROOFBOOK_HOST_BINARY',
      value: '(not set)',
      reason: 'the image id comes from the prover host: set it, or give --host-binary PATH',
    });
  }
  for (const program of GUESTS) await build(program, hostBinary);
}

try {
  await main();
} catch (error) {
  console.error(isProofbookError(error) ? `${error.code}: ${error.message}` : error);
  process.exitCode = exitCodeOf(error);
}
