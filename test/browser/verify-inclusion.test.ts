import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { launchChromium, SKIPS_BROWSER } from '../support/chromium.ts';
import { importGraph } from '../support/import-graph.ts';
import { alteredCases, genuineCases, type InclusionOutcome, outcomesOf } from '../support/inclusion-cases.ts';
import { type ModuleServer, serveModules } from '../support/module-server.ts';
import { SEED } from '../support/seed.ts';

const MODULE = 'prover/merkle/verify-inclusion.ts';
const genuine = genuineCases(SEED);
const altered = genuine.flatMap((one, index) => alteredCases(one, SEED + index));

describe.skipIf(SKIPS_BROWSER)('inclusion proofs in a real Chromium', () => {
  let browser: Browser;
  let server: ModuleServer;
  let page: Page;

  beforeAll(async () => {
    server = await serveModules(importGraph(MODULE).files);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const inBrowser = (cases: typeof genuine): Promise<readonly InclusionOutcome[]> =>
    page.evaluate(
      `import('/${MODULE}').then(({ verifyInclusion }) => (${outcomesOf})(verifyInclusion, ${JSON.stringify(cases)}))`,
    );

  test('are verified, and give the records that Node gives', async () => {
    const outcomes = await inBrowser(genuine);
    for (const outcome of outcomes) expect(outcome).toHaveProperty('records');
    expect(outcomes).toEqual(outcomesOf(verifyInclusion, genuine));
  });

  test('are refused when anything is altered, in the words that Node says', async () => {
    const outcomes = await inBrowser(altered);
    for (const [index, outcome] of outcomes.entries()) {
      expect(outcome, altered[index]?.name).toMatchObject({ code: 'INCLUSION_REFUSED' });
    }
    expect(outcomes).toEqual(outcomesOf(verifyInclusion, altered));
  });

  test('need no module but the check’s own and BLAKE3', () => {
    expect(server.refused.filter((path) => path !== '/favicon.ico')).toEqual([]);
    expect(importGraph(MODULE)).toEqual({
      files: [
        'engine/copy-bytes.ts',
        'engine/error-table.ts',
        'engine/proofbook-error.ts',
        'prover/merkle/inclusion-refusal.ts',
        MODULE,
      ],
      packages: ['@noble/hashes/blake3.js'],
    });
  });
});
