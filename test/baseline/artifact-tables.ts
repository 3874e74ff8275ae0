/**
 * `node test/baseline/artifact-tables.ts` writes the tables of docs/reproducibility.md from the committed artifacts and their records.
 * Whoever builds an artifact anew commits them with it; a test compares them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { digestHex, readRecord } from '../../guest/artifact-record.ts';
import { lockedVersion, TOOL_NAMES } from '../../guest/toolchain.ts';
import { PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';

const PROJECT = new URL('../../', import.meta.url);
export const REPRODUCIBILITY_PATH = fileURLToPath(new URL('docs/reproducibility.md', PROJECT));
const BEGIN = '<!-- tables: begin -->\n';
const END = '<!-- tables: end -->';

const read = (path: string): Buffer => readFileSync(new URL(path, PROJECT));
const list = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, PROJECT))
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => `${folder}${name}`);

/** What is committed as bytes: every module of the engine and every guest. */
export const ARTIFACTS: readonly string[] = [
  ...list('engine/artifact/', '.wasm'),
  ...list('guest/artifact/', '.elf'),
];
/** The record beside each guest. */
export const RECORDS: readonly string[] = list('guest/artifact/', '.json');

/** The tables as Markdown, from what is committed. */
export function artifactTables(): string {
  return [toolTable(), imageTable(), parametersTable(), digestTable()].join('\n\n');
}

/** The tables that the document has. @throws when it has no place for them */
export function writtenTables(text: string): string {
  const [, rest] = text.split(BEGIN);
  const [tables] = (rest ?? '').split(END);
  if (rest === undefined || tables === undefined)
    throw new Error('docs/reproducibility.md has lost its marks');
  return tables.trim();
}

function toolTable(): string {
  const versions = RECORDS.map((path) => readRecord(fileURLToPath(new URL(path, PROJECT))).toolchain);
  const guest = TOOL_NAMES.map((tool) => [
    tool,
    [...new Set(versions.map((toolchain) => toolchain[tool]))].join('; '),
    'every guest’s record',
  ]);
  const { dependencies } = JSON.parse(read('package.json').toString('utf8'));
  const host = lockedVersion(read('prover/host/Cargo.lock').toString('utf8'), 'openvm-sdk');
  const rows = [
    ...guest,
    ['node', dependencies.node, 'package.json'],
    ['openvm-sdk', host, 'prover/host/Cargo.lock'],
  ];
  return table(['tool', 'version', 'recorded in'], rows);
}

function imageTable(): string {
  const rows = RECORDS.map((path) => {
    const { imageId, engineDigest } = readRecord(fileURLToPath(new URL(path, PROJECT)));
    return [`\`${path.replace('.json', '.elf')}\``, `\`${imageId}\``, `\`${engineDigest}\``];
  });
  return table(['guest', 'image id', 'BLAKE3 of the engine module that it was made with'], rows);
}

function parametersTable(): string {
  const rows = PINNED_PARAMETERS.map(({ backend, backendVersion, logStackedHeight, parametersDigest }) => [
    `${backend} ${backendVersion}`,
    String(logStackedHeight),
    `\`${parametersDigest}\``,
  ]);
  return table(['backend', 'log2 of the stacked height', 'digest of the verifier parameters'], rows);
}

function digestTable(): string {
  const rows = ARTIFACTS.map((path) => {
    const bytes = read(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [`\`${path}\``, String(bytes.length), `\`${digestHex(bytes)}\``, `\`${sha256}\``];
  });
  return table(['artifact', 'bytes', 'BLAKE3', 'SHA-256'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(REPRODUCIBILITY_PATH, 'utf8');
  writeFileSync(
    REPRODUCIBILITY_PATH,
    text.replace(writtenTables(text), () => artifactTables()),
  );
  console.log('docs/reproducibility.md has the tables of what is committed');
}
