import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, SKIPS_BROWSER } from '../support/chromium.ts';
import { ContractService } from '../support/contract-service.ts';
import {
  type DashboardPage,
  DESKTOP,
  DESKTOP_DARK,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  openDashboard,
  PHONE,
  PHONE_DARK,
  type Screen,
} from '../support/dashboard-page.ts';

/** What a person who sees and hears the page knows of the focus. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  const { outlineStyle } = getComputedStyle(it);
  const { top, bottom } = it.getBoundingClientRect();
  const label = it.labels?.[0]?.textContent ?? it.getAttribute('aria-label') ?? it.textContent;
  return { name: label.trim(), outline: outlineStyle, isInView: bottom > 0 && top < innerHeight };
})()`;

const JOBS = [
  { state: 'queued' },
  { state: 'executing' },
  { state: 'proving', stageDone: 3, stageTotal: 8 },
  { state: 'verifying' },
  { state: 'failed', errorCode: 'GUEST_TRAP' },
  { state: 'proven', receiptKind: 'fake', proveDurationMs: 18_400 },
] as const;

let browser: Browser;
let service: ContractService;
const open: DashboardPage[] = [];

beforeAll(async () => {
  if (SKIPS_BROWSER) return;
  browser = await launchChromium();
  service = new ContractService();
  await service.start();
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

afterEach(async () => {
  for (const { context, faults } of open.splice(0)) {
    await context.close();
    expect(faults).toEqual([]);
  }
});

async function visit(screen: Screen = DESKTOP, path = '/'): Promise<DashboardPage> {
  const visited = await openDashboard(browser, `http://127.0.0.1:${service.port}${path}`, screen);
  open.push(visited);
  return visited;
}

async function visitLive(screen: Screen = DESKTOP): Promise<DashboardPage> {
  const visited = await visit(screen);
  await visited.page.getByText('Live', { exact: true }).waitFor();
  return visited;
}

/** A market with enough batches for every part of the page to have something to show, all of them proven. */
async function visitFilled(screen: Screen = DESKTOP): Promise<DashboardPage> {
  while (service.sealed.length < 25) service.seal(150);
  await expect.poll(() => service.jobs.every(({ state }) => state === 'proven')).toBe(true);
  return visitLive(screen);
}

describe.skipIf(SKIPS_BROWSER)('the dashboard', () => {
  test('says that there is no market, and shows the first one when it comes', async () => {
    service.hasMarket = false;
    const visited = await visit();
    const { page } = visited;
    await page.getByRole('heading', { name: 'No market yet' }).waitFor();
    await keepScreenshot(visited, 'no-market');
    await expectAccessible(visited);
    service.hasMarket = true;
    await page.getByRole('heading', { name: 'Book', exact: true }).waitFor({ timeout: 12_000 });
  });

  test('says what is empty in a new market, and fills without a reload', async () => {
    const visited = await visitLive();
    const { page } = visited;
    await page.getByText('The book is empty').waitFor();
    await page.getByText('No batch yet', { exact: true }).waitFor();
    await keepScreenshot(visited, 'empty');
    await expectAccessible(visited);
    service.seal(200);
    await page.getByRole('heading', { name: '#1', exact: true }).waitFor();
    await page.getByRole('table', { name: 'Bids' }).getByRole('row').nth(1).waitFor();
    await page.getByText('The book is empty').waitFor({ state: 'hidden' });
    await page
      .getByRole('list', { name: 'Batches, newest first' })
      .getByText(/^Proven in/)
      .waitFor();
    await expect.poll(() => page.locator('#announcer').textContent()).toContain('Proven through batch 1');
  });

  for (const screen of [DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK]) {
    test(`shows book, batches and charts: ${screen.name}`, async () => {
      const visited = await visitFilled(screen);
      const { page } = visited;
      await page.getByRole('heading', { name: 'Performance' }).waitFor();
      await page.getByRole('img', { name: /^Depth chart: [\d,]+ bid/ }).waitFor();
      await expect
        .poll(() => page.getByRole('button', { name: /^Download the receipt/ }).count())
        .toBeGreaterThan(5);
      await keepScreenshot(visited, 'market');
      await expectAccessible(visited);
      await expectNoSidewaysScroll(visited);
    });
  }

  test('shows while it loads that it loads', async () => {
    const visited = await visit(DESKTOP, '/docs-not-there');
    const { page } = visited;
    await page.route('**/v1/markets', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue();
    });
    await page.goto(`http://127.0.0.1:${service.port}/`);
    await page.getByText('Loading the market').waitFor({ state: 'attached' });
    await keepScreenshot(visited, 'loading');
    await expectAccessible(visited);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('says what the service refused, by its code, and tries again', async () => {
    const visited = await visit(DESKTOP, '/docs-not-there');
    const { page } = visited;
    const problem = {
      title: 'Store unwritable',
      status: 503,
      code: 'STORE_UNWRITABLE',
      detail: 'The store cannot be written.',
    };
    await page.route('**/v1/markets', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', json: problem }),
    );
    await page.goto(`http://127.0.0.1:${service.port}/`);
    await page.getByRole('alert').getByText('STORE_UNWRITABLE').waitFor();
    await keepScreenshot(visited, 'error');
    await expectAccessible(visited);
    await page.unroute('**/v1/markets');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('asks for an API key, keeps it in the tab, and forgets it', async () => {
    service.key = 'pbk_right';
    const visited = await visit();
    const { page } = visited;
    await page.getByRole('heading', { name: 'This service asks for an API key' }).waitFor();
    await page.getByRole('button', { name: 'Enter an API key' }).click();
    await page.getByRole('dialog', { name: 'API key' }).waitFor();
    await keepScreenshot(visited, 'key');
    await expectAccessible(visited);
    await page.getByLabel('Key', { exact: true }).fill('pbk_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'This service asks for an API key' }).waitFor();
    await page.getByRole('button', { name: 'Enter an API key' }).click();
    await page.getByLabel('Key', { exact: true }).fill('pbk_right');
    await page.keyboard.press('Enter');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'API key set' }).click();
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByRole('heading', { name: 'This service asks for an API key' }).waitFor();
    service.key = undefined;
  });

  test('says when the connection is lost, and has missed nothing when it is back', async () => {
    const visited = await visitFilled();
    const { page } = visited;
    const port = service.port;
    const batch = service.sealed.length + 1;
    await service.stop();
    await page.getByText(/^Connection lost at/).waitFor();
    await keepScreenshot(visited, 'lost');
    await expectAccessible(visited);
    service.seal(60);
    await service.start(port);
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('Connected again').first().waitFor();
    await page.getByRole('heading', { name: `#${batch}`, exact: true }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/^Connection lost at/).waitFor({ state: 'detached' });
  });

  test('accepts a real inclusion proof under a pasted root, and refuses an altered one', async () => {
    const visited = await visitFilled();
    const { page } = visited;
    const batch = service.batch(1);
    await page.getByLabel('Batch', { exact: true }).fill('1');
    await page.getByLabel('Sequence', { exact: true }).fill(batch.lastSequence);
    await page.getByRole('button', { name: 'Fetch the proof' }).click();
    const proof = page.getByLabel('Proof, fetched or pasted (JSON)');
    await expect.poll(() => proof.inputValue()).toContain('"siblings"');
    await page.getByRole('button', { name: 'Use what the service says' }).click();
    const check = page.getByRole('button', { name: 'Check in this browser' });
    await check.click();
    await page.getByText('Consistent, but under an unverified root').waitFor();
    await page.getByLabel('Transitions root of the batch').fill(batch.transitionsRoot);
    await check.click();
    await page.getByRole('heading', { name: 'Included', exact: true }).waitFor();
    await keepScreenshot(visited, 'included');
    await expectAccessible(visited);
    const genuine = await proof.inputValue();
    const altered = JSON.parse(genuine);
    altered.page = `${altered.page.slice(0, 100)}${altered.page[100] === '0' ? '1' : '0'}${altered.page.slice(101)}`;
    await proof.fill(JSON.stringify(altered));
    await check.click();
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    await page.getByText('is not under this root').waitFor();
    await keepScreenshot(visited, 'refused');
    await expectAccessible(visited);
    await proof.fill(genuine);
    await page.getByLabel('Transitions root of the batch').fill('ab'.repeat(32));
    await check.click();
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
  });

  test('is used without a mouse', async () => {
    const visited = await visitFilled();
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
    const { page } = await visitFilled();
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
    const { page } = await visitLive(DESKTOP_DARK);
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
    const { page } = await visitFilled();
    const moving = () => page.evaluate('document.getAnimations().length') as Promise<number>;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (let check = 0; check < 10; check++) {
      service.seal(5);
      await page.waitForTimeout(60);
      expect(await moving()).toBe(0);
    }
    const { page: other } = await visitFilled();
    service.seal(5);
    await expect.poll(() => other.evaluate('document.getAnimations().length')).toBeGreaterThan(0);
  });

  test('every chart has its data as a table', async () => {
    const { page } = await visitFilled();
    const tables = page.getByText('Show as a table');
    expect(await tables.count()).toBe(3);
    for (let index = 0; index < 3; index++) await tables.nth(index).click();
    const rows = page.getByRole('region', { name: /^Proof time/ }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
    expect(await page.getByRole('img', { name: /^Commands a second over the last/ }).count()).toBe(1);
    expect(await page.getByRole('img', { name: /^The latest \d+ batches: \d+ proven/ }).count()).toBe(1);
  });

  test('shows every stage of a batch, and why one has no proof', async () => {
    const visited = await visitFilled();
    const { page } = visited;
    await page.route('**/batches?*', async (route) => {
      const answer = await (await route.fetch()).json();
      for (const [index, batch] of answer.batches.toReversed().entries())
        Object.assign(batch.job, JOBS[index]);
      await route.fulfill({ json: answer });
    });
    await page.reload();
    const batches = page.getByRole('list', { name: 'Batches, newest first' }).getByRole('listitem');
    await batches.first().waitFor();
    const states = await batches.locator('.batch-state').allTextContents();
    expect(states.slice(0, JOBS.length)).toEqual([
      'Queued',
      'Executing',
      'Proving 3/8',
      'Verifying',
      'Failed: GUEST_TRAP',
      'Proven in 18.4 s',
    ]);
    await page.getByText('fake: proves nothing').waitFor();
    expect(await page.getByRole('button', { name: /^Download the receipt/ }).count()).toBe(states.length - 5);
    await keepScreenshot(visited, 'stages');
    await expectAccessible(visited);
  });

  test('loads older batches until the first', async () => {
    const { page } = await visitFilled();
    while (service.sealed.length < 70) service.seal(1);
    await expect.poll(() => service.jobs.every(({ state }) => state === 'proven')).toBe(true);
    await page.reload();
    const older = page.getByRole('button', { name: 'Show older batches' });
    await older.waitFor();
    while (await older.isVisible()) await older.click();
    const numbers = await page
      .getByRole('list', { name: 'Batches, newest first' })
      .getByRole('heading')
      .allTextContents();
    expect(numbers).toEqual(
      Array.from({ length: service.sealed.length }, (_, index) => `#${service.sealed.length - index}`),
    );
  });

  test('takes what the service says as text, whatever it holds', async () => {
    const visited = await visit(PHONE, '/docs-not-there');
    const { page } = visited;
    const detail = '<img src=x onerror="document.title=1"> '.repeat(20);
    const problem = { title: '<b>', status: 500, code: '<i>CODE</i>'.repeat(9), detail };
    await page.route('**/v1/markets', (route) => route.fulfill({ status: 500, json: problem }));
    await page.goto(`http://127.0.0.1:${service.port}/`);
    await page.getByText('<img src=x', { exact: false }).waitFor();
    expect(await page.title()).toBe('Proofbook');
    expect(await page.locator('#content img').count()).toBe(0);
    await expectNoSidewaysScroll(visited);
  });

  test('stays usable on a phone while the connection is lost', async () => {
    const visited = await visitFilled(PHONE_DARK);
    const { page } = visited;
    const port = service.port;
    await service.stop();
    await page.getByText(/^Connection lost at/).waitFor();
    await keepScreenshot(visited, 'lost');
    await expectAccessible(visited);
    await expectNoSidewaysScroll(visited);
    await service.start(port);
    await page.getByText('Connected again').first().waitFor();
  });

  test('hands out the bytes that the service has', async () => {
    const { page } = await visitFilled();
    await page
      .getByRole('button', { name: /^Details of batch/ })
      .first()
      .click();
    const started = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download the journal of batch/ }).click();
    const download = await started;
    const number = Number(/batch-(\d+)/.exec(download.suggestedFilename())?.[1]);
    expect(readFileSync(await download.path())).toEqual(
      Buffer.from(service.sealed[number - 1]?.journal ?? []),
    );
  });
});
