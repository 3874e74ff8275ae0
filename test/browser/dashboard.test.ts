import { describe, expect, test } from 'vitest';
import { SKIPS_BROWSER } from '../support/chromium.ts';
import {
  DESKTOP,
  DESKTOP_DARK,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  PHONE,
  PHONE_DARK,
} from '../support/dashboard-page.ts';
import { DashboardVisits } from '../support/dashboard-visits.ts';

const visits = DashboardVisits.forThisFile();
const { service } = visits;

/** Jobs in every state, newest first; laid over the real ones, which are done too fast to be looked at. */
const JOBS = [
  { state: 'queued' },
  { state: 'executing' },
  { state: 'proving', stageDone: 3, stageTotal: 8 },
  { state: 'verifying' },
  { state: 'failed', errorCode: 'GUEST_TRAP' },
  { state: 'proven', receiptKind: 'app', proveDurationMs: 18_400 },
] as const;

describe.skipIf(SKIPS_BROWSER)('the dashboard', () => {
  test('says that there is no market, and shows the first one when it comes', async () => {
    const visited = await visits.visit();
    const { page } = visited;
    await page.getByRole('heading', { name: 'No market yet' }).waitFor();
    await keepScreenshot(visited, 'no-market');
    await expectAccessible(visited);
    service.createMarket();
    await page.getByRole('heading', { name: 'Book', exact: true }).waitFor();
  });

  test('says what is empty in a new market, and fills without a reload', async () => {
    const market = service.createMarket();
    const visited = await visits.visitLive();
    const { page } = visited;
    await page.getByText('The book is empty').waitFor();
    await page.getByText('No batch yet', { exact: true }).waitFor();
    await keepScreenshot(visited, 'empty');
    await expectAccessible(visited);
    market.seal(200);
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
      const visited = await visits.visitFilled(screen);
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

  test('shows the market that is picked, and finds it again by its address', async () => {
    await visits.fill(1n, 3);
    await visits.fill(7n, 2);
    const { page } = await visits.visitLive();
    const batches = page.getByRole('list', { name: 'Batches, newest first' }).getByRole('listitem');
    expect(await batches.count()).toBe(3);
    await page.getByLabel('Market', { exact: true }).selectOption('Market 7');
    await expect.poll(() => batches.count()).toBe(2);
    await page.reload();
    await expect.poll(() => batches.count()).toBe(2);
    expect(await page.getByLabel('Market', { exact: true }).inputValue()).toBe('7');
    await page.goBack();
    await expect.poll(() => batches.count()).toBe(3);
  });

  test('shows while it loads that it loads', async () => {
    service.createMarket();
    const visited = await visits.visitNothing();
    const { page } = visited;
    await page.route('**/v1/markets', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue();
    });
    await page.goto(service.url);
    await page.getByText('Loading the market').waitFor({ state: 'attached' });
    await keepScreenshot(visited, 'loading');
    await expectAccessible(visited);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('says what the service refused, by its code, and tries again', async () => {
    service.createMarket();
    const visited = await visits.visitNothing();
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
    await page.goto(service.url);
    await page.getByRole('alert').getByText('STORE_UNWRITABLE').waitFor();
    await keepScreenshot(visited, 'error');
    await expectAccessible(visited);
    await page.unroute('**/v1/markets');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('asks for an API key, keeps it in the tab, and forgets it', async () => {
    service.createMarket();
    service.key = 'pbk_right';
    const visited = await visits.visit();
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
    const visited = await visits.visitFilled();
    const { page, market } = visited;
    const batch = market.batchCount + 2;
    const asked: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/events')) asked.push(request.headers()['last-event-id']);
    });
    market.seal(10);
    await page.getByRole('heading', { name: `#${batch - 1}`, exact: true }).waitFor();
    await service.stop();
    await page.getByText(/^Connection lost at/).waitFor();
    await keepScreenshot(visited, 'lost');
    await expectAccessible(visited);
    await service.start();
    market.seal(60);
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('Connected again').first().waitFor();
    await page.getByRole('heading', { name: `#${batch}`, exact: true }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/^Connection lost at/).waitFor({ state: 'detached' });
    expect(asked.at(-1), 'the id of the last event that was seen').toMatch(/^[0-9]+$/);
  });

  test('stays usable on a phone while the connection is lost', async () => {
    const visited = await visits.visitFilled(PHONE_DARK);
    const { page } = visited;
    await service.stop();
    await page.getByText(/^Connection lost at/).waitFor();
    await keepScreenshot(visited, 'lost');
    await expectAccessible(visited);
    await expectNoSidewaysScroll(visited);
    await service.start();
    await page.getByText('Connected again').first().waitFor();
  });

  test('shows every stage of a batch, and why one has no proof', async () => {
    const visited = await visits.visitFilled();
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
    await page.getByText('fake: proves nothing').first().waitFor();
    expect(await page.getByRole('button', { name: /^Download the receipt/ }).count()).toBe(states.length - 5);
    await keepScreenshot(visited, 'stages');
    await expectAccessible(visited);
  });
});
