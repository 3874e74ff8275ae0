import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { SKIPS_BROWSER } from '../support/chromium.ts';
import { DESKTOP, DESKTOP_DARK, keepScreenshot } from '../support/dashboard-page.ts';
import { DashboardVisits } from '../support/dashboard-visits.ts';

const visits = DashboardVisits.forThisFile();
const { service } = visits;

/** What a person who sees and hears the page knows of the focus. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  const { outlineStyle } = getComputedStyle(it);
  const { top, bottom } = it.getBoundingClientRect();
  const label = it.labels?.[0]?.textContent ?? it.getAttribute('aria-label') ?? it.textContent;
  return { name: label.trim(), outline: outlineStyle, isInView: bottom > 0 && top < innerHeight };
})()`;

describe.skipIf(SKIPS_BROWSER)('using the dashboard', () => {
  test('is used without a mouse', async () => {
    const visited = await visits.visitFilled();
    const { page } = visited;
    const focused = () =>
      page.evaluate(FOCUSED) as Promise<{ name: string; outline: string; isInView: boolean }>;
    const tabTo = async (name: RegExp) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        const now = await focused();
        expect(now.outline, `focus is seen on ${now.name}`).not.toBe('none');
        await expect.poll(async () => (await focused()).isInView, { message: now.name }).toBe(true);
        if (name.test(now.name)) return;
      }
      throw new Error(`Tab never reached ${name}`);
    };
    await tabTo(/^Skip to the market$/);
    await keepScreenshot(visited, 'skip-link');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await tabTo(/^Details of batch/);
    await page.keyboard.press('Enter');
    await tabTo(/^Copy: State root before$/);
    await tabTo(/^Check inclusion in this batch$/);
    await page.keyboard.press('Enter');
    expect((await focused()).name).toBe('Sequence');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await focused()).name).toBe('Transitions root of the batch');
    await tabTo(/^Use what the service says$/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    expect((await focused()).name).toBe('Check in this browser');
    await page.keyboard.press('Enter');
    await page.getByText('Consistent, but under an unverified root').waitFor();
    await keepScreenshot(visited, 'keyboard');
    await page.getByRole('button', { name: 'API key' }).focus();
    await page.keyboard.press('Enter');
    expect((await focused()).name).toBe('Key');
    await page.keyboard.press('Escape');
    expect((await focused()).name).toBe('API key');
  });

  test('goes through its controls in the order in which they are seen', async () => {
    const { page } = await visits.visitFilled();
    const names: string[] = [];
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press('Tab');
      names.push(((await page.evaluate(FOCUSED)) as { name: string }).name);
    }
    expect(names.slice(0, 9)).toEqual([
      'Skip to the market',
      'Proofbook',
      'Market',
      'Book',
      'Batches',
      'Performance',
      'Inclusion',
      'API key',
      'Use the dark theme',
    ]);
    expect(names[9]).toMatch(/batch/);
  });

  test('follows the system theme until another is chosen, and keeps the choice', async () => {
    service.createMarket();
    const { page } = await visits.visitLive(DESKTOP_DARK);
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await background();
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await background()).toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    expect(await background()).toBe(dark);
  });

  test('moves nothing for who asked for less motion', async () => {
    const { page, market } = await visits.visitFilled();
    const moving = () => page.evaluate('document.getAnimations().length') as Promise<number>;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (let check = 0; check < 10; check++) {
      market.seal(5);
      await page.waitForTimeout(60);
      expect(await moving()).toBe(0);
    }
    const { page: other } = await visits.visitLive();
    market.seal(5);
    await expect.poll(() => other.evaluate('document.getAnimations().length')).toBeGreaterThan(0);
  });

  test('every chart has its data as a table', async () => {
    const { page } = await visits.visitFilled();
    const tables = page.getByText('Show as a table');
    expect(await tables.count()).toBe(3);
    for (let index = 0; index < 3; index++) await tables.nth(index).click();
    const rows = page.getByRole('region', { name: /^Proof time/ }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
    expect(await page.getByRole('img', { name: /^Commands a second over the last/ }).count()).toBe(1);
    expect(await page.getByRole('img', { name: /^The latest \d+ batches: \d+ proven/ }).count()).toBe(1);
  });

  test('loads older batches until the first', async () => {
    const { page } = await visits.visitFilled(DESKTOP, 70);
    const older = page.getByRole('button', { name: 'Show older batches' });
    await older.waitFor();
    for (let clicks = 0; clicks < 3; clicks++) await older.click();
    const numbers = page.getByRole('list', { name: 'Batches, newest first' }).getByRole('heading');
    const expected = Array.from({ length: 70 }, (_, index) => `#${70 - index}`);
    await expect.poll(() => numbers.allTextContents(), { timeout: 5_000 }).toEqual(expected);
    expect(await older.isVisible()).toBe(false);
  });

  test('hands out the bytes that the service has', async () => {
    const { page, market } = await visits.visitFilled();
    await page
      .getByRole('button', { name: /^Details of batch/ })
      .first()
      .click();
    const started = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download the journal of batch/ }).click();
    const download = await started;
    const number = Number(/batch-(\d+)/.exec(download.suggestedFilename())?.[1]);
    expect(readFileSync(await download.path())).toEqual(Buffer.from(market.file(number, 'journal') ?? []));
  });

  test('hands out receipts, and says when one could not be fetched', async () => {
    const { page, market } = await visits.visitFilled();
    const button = page.getByRole('button', { name: `Download the receipt of batch ${market.batchCount}` });
    const started = page.waitForEvent('download');
    await button.click();
    const download = await started;
    expect(download.suggestedFilename()).toBe(`market-1-batch-${market.batchCount}.receipt`);
    const { kind, journal } = Receipt.decode(readFileSync(await download.path()));
    expect(kind).toBe('fake');
    expect(Buffer.from(journal)).toEqual(Buffer.from(market.file(market.batchCount, 'journal') ?? []));
    await page.route('**/receipt', (route) =>
      route.fulfill({ status: 404, json: { code: 'RECEIPT_UNKNOWN' } }),
    );
    await button.click();
    await expect.poll(() => button.textContent()).toBe('Failed, retry');
    const announced = () => page.locator('#announcer').textContent();
    await expect.poll(announced, { timeout: 8_000 }).toContain('could not be fetched');
  });
});
