import { readdirSync } from 'node:fs';
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
  const broken: string[] = [];
  for (const [path, { body, contentType }] of assets) {
    if (!contentType.startsWith('text/javascript')) continue;
    for (const [, specifier = ''] of Buffer.from(body)
      .toString()
      .matchAll(/^(?:import|export)[\w$*{},\s]*? from ['"]([^'"]+)['"]/gm)) {
      const target = new URL(specifier, `http://host${path}`).pathname;
      if (!/^[./]/.test(specifier) || !assets.has(target)) broken.push(`${path}: ${specifier}`);
    }
  }
  expect(broken).toEqual([]);
});

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
