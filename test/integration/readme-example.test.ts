import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = new URL('../..', import.meta.url);

test('the example of the README proves a batch as it stands', () => {
  const readme = readFileSync(new URL('README.md', PROJECT), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const program = `${example.replaceAll("from './", `from '${PROJECT.href}`)}\nconsole.log(receipt.kind, receipt.journal.length);\n`;
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-readme-'));
  try {
    const file = join(folder, 'example.ts');
    writeFileSync(file, program);
    expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe('app 256\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
