import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
);
const paths = Object.keys(lock.packages);

test('the lock file names no registry', () => {
  const addressed = paths.filter((path) => lock.packages[path]?.resolved !== undefined);
  expect(addressed).toEqual([]);
});

// `npm install` drops packages for other platforms when its registry does not serve them, and `npm ci` then refuses the lock file.
test('the lock file holds the optional packages of every platform', () => {
  const wanted = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  const missing = wanted.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
  expect(wanted.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});
