import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

// What the package exports is read by people who see the declarations alone: each name has its doc comment there.
const PROJECT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, PROJECT), 'utf8');

/** The names that an entry file exports, each with the file that defines it. */
function exportsOf(entry: string): readonly (readonly [string, string])[] {
  return [...read(entry).matchAll(/export (?:type )?\{([^}]*)\} from '\.\.\/([^']+)'/g)].flatMap(
    ([, names = '', file = '']) =>
      names
        .split(',')
        .map((name) => name.replace('type ', '').trim())
        .filter((name) => name !== '')
        .map((name) => [name, file] as const),
  );
}

/** The file that defines a name which another may only pass on. */
function definingFile(name: string, file: string): string {
  const [, from] =
    new RegExp(`export (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from '\\./([^']+)'`).exec(read(file)) ?? [];
  return from === undefined ? file : file.replace(/[^/]+$/, from);
}

describe.each(['engine', 'sdk', 'verify', 'merkle'])('proofbook/%s', (subpath) => {
  const exported = exportsOf(`package/${subpath}.ts`);

  test('says what it is, and re-exports by name', () => {
    const text = read(`package/${subpath}.ts`);
    expect(text).toMatch(new RegExp(`^/\\*\\*\\n \\* \`proofbook/${subpath}\``));
    expect(text).not.toMatch(/export \*/);
    expect(exported.length).toBeGreaterThan(5);
  });

  test.each(exported)('%s has a doc comment where it is defined', (name, file) => {
    const definition = new RegExp(
      `\\*/\\nexport (?:declare |abstract |async )?(?:function\\*?|class|interface|type|const) ${name}\\b`,
    );
    expect(read(definingFile(name, file))).toMatch(definition);
  });
});
