import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM_PATHS = [
  process.env.PROOFBOOK_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The Chromium of this machine; undefined when it has none. */
export const CHROMIUM_PATH = CHROMIUM_PATHS.find((path) => path !== undefined && existsSync(path));

/** Whether browser tests are left out: only where there is no Chromium and nobody insists with PROOFBOOK_REQUIRE_BROWSER. */
export const SKIPS_BROWSER =
  CHROMIUM_PATH === undefined && process.env.PROOFBOOK_REQUIRE_BROWSER === undefined;

if (SKIPS_BROWSER) console.log('skipped: no Chromium here; PROOFBOOK_REQUIRE_BROWSER=1 makes that a failure');

/** Starts a real Chromium without a window. @throws when there is none */
export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM_PATH === undefined) {
    throw new Error('no Chromium at /usr/bin/chromium: install it, or name it in PROOFBOOK_CHROMIUM');
  }
  // Its sandbox wants user namespaces, which containers often lack; the pages it opens here are our own.
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: ['--no-sandbox', '--force-color-profile=srgb'],
  });
}
