import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { dashboardHeaders, loadDashboardAssets } from '../../queue/api/dashboard-assets.ts';

const assets = loadDashboardAssets();
const textOf = (path: string): string => Buffer.from(assets.get(path)?.body ?? []).toString();
const dashboardFiles = readdirSync(new URL('../../queue/dashboard/', import.meta.url));

test('every file of the dashboard is reached from its page, and served', () => {
  const served = [...assets.keys()];
  const missing = dashboardFiles
    .filter((name) => name !== 'tsconfig.json')
    .filter((name) => !served.some((path) => path.endsWith(`/${name === 'index.html' ? '' : name}`)));
  expect(missing).toEqual([]);
  const named = [...textOf('/').matchAll(/(?:src|href)="(\/(?:dashboard|modules)\/[^"]+)"/g)].map(
    ([, path]) => path,
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((path) => path !== undefined && !assets.has(path))).toEqual([]);
});

test('every import of a served module names a served module', () => {
  const imports = importsOf(assets);
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter(({ target }) => !assets.has(target))).toEqual([]);
});

function importsOf(served: ReturnType<typeof loadDashboardAssets>) {
  const modules = [...served].filter(([, { contentType }]) => contentType.startsWith('text/javascript'));
  return modules.flatMap(([path, { body }]) => {
    const imports = Buffer.from(body)
      .toString()
      .matchAll(/^(?:import|export)[\w$*{},\s]*? from ['"]([^'"]+)['"]/gm);
    return [...imports].map(([, target = '']) => ({ path, target }));
  });
}

test('the inclusion checker is the module that the host uses, type-stripped, with BLAKE3 of @noble/hashes', () => {
  expect(assets.has('/modules/prover/merkle/verify-inclusion.ts')).toBe(true);
  expect(textOf('/modules/prover/merkle/inclusion-refusal.ts')).toContain(
    "from '/modules/node_modules/@noble/hashes/blake3.js'",
  );
  expect(textOf('/modules/prover/merkle/inclusion-refusal.ts')).not.toContain('interface ');
});

test('nothing is served that the page does not use', () => {
  for (const path of [
    '/modules/queue/cli/main.ts',
    '/modules/package.json',
    '/modules/../package.json',
    '/dashboard/tsconfig.json',
    '/dashboard/../api/dashboard-assets.ts',
    '/index.html',
  ]) {
    expect(assets.has(path), path).toBe(false);
  }
  const folders = new Set([...assets.keys()].map((path) => path.split('/').slice(0, 3).join('/')));
  expect([...folders].filter((folder) => folder.startsWith('/modules/')).toSorted()).toEqual([
    '/modules/engine',
    '/modules/node_modules',
    '/modules/prover',
    '/modules/queue',
  ]);
});

test('the page needs nothing that its policy forbids', () => {
  const page = textOf('/');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  for (const [path, asset] of assets) {
    const { contentType, body } = asset;
    expect(dashboardHeaders(asset)['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; /,
    );
    expect(dashboardHeaders(asset)['content-security-policy']).not.toContain('unsafe');
    if (contentType.startsWith('text/css'))
      expect(Buffer.from(body).toString(), path).not.toMatch(/https?:|@import/);
  }
});

test('an etag changes with the bytes, and only with them', () => {
  const again = loadDashboardAssets();
  const tags = [...assets].map(([path, { etag }]) => [path, etag]);
  expect([...again].map(([path, { etag }]) => [path, etag])).toEqual(tags);
  expect(new Set(tags.map(([, etag]) => etag)).size).toBe(tags.length);
});

test('an installed package, whose other modules are compiled, serves the same page with each module once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-dashboard-'));
  // Installed, it stands under node_modules itself.
  const dist = join(folder, 'node_modules', 'proofbook', 'dist');
  const dashboard = join(dist, 'queue', 'dashboard');
  cpSync(new URL('../../queue/dashboard', import.meta.url), dashboard, { recursive: true });
  for (const path of assets.keys()) {
    const [, name] = /^\/modules\/((?:engine|prover)\/.*)\.ts$/.exec(path) ?? [];
    if (name === undefined) continue;
    const source = stripTypeScriptTypes(readFileSync(new URL(`../../${name}.ts`, import.meta.url), 'utf8'));
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    writeFileSync(join(dist, `${name}.js`), source.replaceAll(".ts'", ".js'"));
  }
  const installed = loadDashboardAssets(pathToFileURL(`${dist}/`));
  rmSync(folder, { recursive: true });
  const paths = [...assets.keys()].map((path) =>
    path.replace(/^(\/modules\/(?:engine|prover)\/.*)\.ts$/, '$1.js'),
  );
  expect([...installed.keys()].toSorted()).toEqual(paths.toSorted());
  expect(importsOf(installed).filter(({ target }) => !installed.has(target))).toEqual([]);
});
