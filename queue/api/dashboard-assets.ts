import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentDigest } from '../store/content-digest.ts';

/** One file of the dashboard as it is sent. */
export interface DashboardAsset {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Strong validator, quoted, of the bytes sent. */
  readonly etag: string;
}

/**
 * What the page may do: run its own modules and talk to the service it came from. No inline script or style, nothing from
 * elsewhere, no frame around it, and no text ever becomes markup.
 */
const DASHBOARD_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The headers that an asset is sent with. It is asked for again each time and answered by its etag, so no page runs with old modules. */
export function dashboardHeaders({ contentType, etag }: DashboardAsset): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    etag,
    'cache-control': 'no-cache',
    'content-security-policy': DASHBOARD_CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

const PROJECT = new URL('../../', import.meta.url);
/** Modules stand under this path where they stand in the project. */
const MODULES = '/modules/';
const ENTRIES = ['queue/dashboard/main.ts', 'queue/dashboard/first-theme.ts'] as const;
const FONTS = {
  'inter.woff2': import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
  'jetbrains-mono.woff2': import.meta.resolve(
    '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
  ),
} as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};
const MODULE_CONTENT_TYPE = 'text/javascript; charset=utf-8';

// `import ... from '...'`, `export ... from '...'` and `import '...'`; type imports are gone by then.
const IMPORT = /^((?:import|export)\s+(?:[\w$*{},\s]*?\bfrom\s*)?)(['"])([^'"]+)\2/gm;

/**
 * Every file that the dashboard is made of, by path: the page, its styles and fonts, and each module that its entry reaches
 * by imports, stripped of types. Nothing else is in it, so no path can name a file that the page does not use.
 *
 * @param project where the project's folders are: the checkout, or `dist/` of the package
 */
export function loadDashboardAssets(project: URL = PROJECT): ReadonlyMap<string, DashboardAsset> {
  const assets = new Map<string, DashboardAsset>();
  const dashboard = new URL('queue/dashboard/', project);
  for (const name of readdirSync(dashboard)) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const path = name === 'index.html' ? '/' : `/dashboard/${name}`;
    assets.set(path, assetOf(readFileSync(new URL(name, dashboard)), contentType));
  }
  for (const [name, address] of Object.entries(FONTS)) {
    assets.set(`/dashboard/${name}`, assetOf(readFileSync(new URL(address)), 'font/woff2'));
  }
  for (const entry of ENTRIES) addModule(new URL(entry, project), MODULES + entry, project, assets);
  return assets;
}

function addModule(file: URL, path: string, project: URL, assets: Map<string, DashboardAsset>): void {
  if (assets.has(path)) return;
  const imported: URL[] = [];
  const source = readFileSync(file, 'utf8');
  const stripped = file.pathname.endsWith('.ts') ? withoutTypes(source) : source;
  const served = stripped.replace(IMPORT, (_, head: string, quote: string, specifier: string) => {
    const target = targetOf(specifier, file);
    imported.push(target);
    // A browser knows no package names, and a module under two paths would be two modules: each gets the one path it has.
    return head + quote + pathOf(target, project) + quote;
  });
  assets.set(path, assetOf(Buffer.from(served), MODULE_CONTENT_TYPE));
  for (const target of imported) addModule(target, pathOf(target, project), project, assets);
}

function targetOf(specifier: string, importer: URL): URL {
  if (!specifier.startsWith('.')) return new URL(import.meta.resolve(specifier));
  return existing(new URL(specifier, importer));
}

/** The module itself, or what the package has in its place: the dashboard stands there as it is, the rest compiled. */
function existing(file: URL): URL {
  return existsSync(file) ? file : new URL(file.href.replace(/\.ts$/, '.js'));
}

/** A module's path: where it is in the project, or in `node_modules` of whichever folder holds it. */
function pathOf(file: URL, project: URL): string {
  const name = fileURLToPath(file);
  const inProject = relative(fileURLToPath(project), name);
  if (!/^\.\.|^node_modules\//.test(inProject)) return MODULES + inProject;
  return MODULES + name.slice(name.lastIndexOf('/node_modules/') + 1);
}

// Node warns once that it may yet change; the modules are tested in a browser, and a service's log has no room for it.
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function assetOf(body: Uint8Array, contentType: string): DashboardAsset {
  return { body, contentType, etag: `"${contentDigest(body).slice(0, 32)}"` };
}
