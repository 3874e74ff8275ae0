import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

/** All that loading one module loads. */
export interface ImportGraph {
  /** Files of the project, as paths from its folder, the module itself included; ascending. */
  readonly files: readonly string[];
  /** Everything else: packages by the names that are imported, `node:` modules; ascending. */
  readonly packages: readonly string[];
}

const PROJECT = new URL('../../', import.meta.url);
const SPECIFIER =
  /^(?:import|export)\s[^'"();=]*?\sfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Follows every import of a TypeScript module that is left when its types are stripped. @param path from the project's folder */
export function importGraph(path: string): ImportGraph {
  const packages = new Set<string>();
  const files = new Set<string>();
  const waiting = [new URL(path, PROJECT)];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    const file = fileURLToPath(url).slice(fileURLToPath(PROJECT).length);
    if (files.has(file)) continue;
    files.add(file);
    for (const specifier of specifiersOf(url)) {
      if (specifier.startsWith('.')) waiting.push(new URL(specifier, url));
      else packages.add(specifier);
    }
  }
  return { files: [...files].toSorted(), packages: [...packages].toSorted() };
}

function specifiersOf(url: URL): string[] {
  const code = stripTypeScriptTypes(readFileSync(url, 'utf8'));
  return [...code.matchAll(SPECIFIER)].map(([, named, bare, dynamic]) => named ?? bare ?? dynamic ?? '');
}
