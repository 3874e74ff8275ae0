import { describe, expect, test } from 'vitest';
import { SKIPS_BROWSER } from '../support/chromium.ts';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  PHONE,
} from '../support/dashboard-page.ts';
import { DashboardVisits } from '../support/dashboard-visits.ts';

const visits = DashboardVisits.forThisFile();
const { service } = visits;

describe.skipIf(SKIPS_BROWSER)('the dashboard believes nothing', () => {
  test('accepts a real inclusion proof under a pasted root, and refuses an altered one', async () => {
    const visited = await visits.visitFilled();
    const { page, market } = visited;
    const { transitionsRoot, lastSequence } = market.batch(1);
    await page.getByLabel('Batch', { exact: true }).fill('1');
    await page.getByLabel('Sequence', { exact: true }).fill(String(lastSequence));
    await page.getByRole('button', { name: 'Fetch the proof' }).click();
    const proof = page.getByLabel('Proof, fetched or pasted (JSON)');
    await expect.poll(() => proof.inputValue()).toContain('"siblings"');
    await page.getByRole('button', { name: 'Use what the service says' }).click();
    const check = page.getByRole('button', { name: 'Check in this browser' });
    await check.click();
    await page.getByText('Consistent, but under an unverified root').waitFor();
    await page.getByLabel('Transitions root of the batch').fill(String(transitionsRoot));
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

  test('lists what happened to an order, and checks each of it', async () => {
    const visited = await visits.visitFilled();
    const { page, market } = visited;
    const fill = market.trades().at(-1);
    await page.getByLabel('Order id').fill(String(fill?.makerOrderId));
    await page.getByRole('button', { name: 'List its transitions' }).click();
    const choices = page.getByRole('list', { name: 'Transitions of the order' }).getByRole('button');
    await choices.last().waitFor();
    expect(await choices.count()).toBe(market.orderInclusion(fill?.makerOrderId ?? 0n).length);
    await choices.filter({ hasText: `sequence ${fill?.sequence}` }).click();
    await page.getByRole('button', { name: 'Use what the service says' }).click();
    await page.getByRole('button', { name: 'Check in this browser' }).click();
    await page
      .getByText(/^Filled [\d,]+ at /)
      .last()
      .waitFor();
    await keepScreenshot(visited, 'order');
    await page.getByLabel('Order id').fill('1');
    await page.getByRole('button', { name: 'List its transitions' }).click();
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
  });

  test('takes what proofbook verify prints as the root', async () => {
    const { page, context, market } = await visits.visitFilled();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const receipts = [1, 2].map((number) => {
      const { transitionsRoot, transitionCount } = market.batch(number);
      return { verified: true, batchNumber: String(number), transitionsRoot, transitionCount };
    });
    const printed = JSON.stringify({ verified: true, receipts });
    await page.getByLabel('Batch', { exact: true }).fill('2');
    await page.getByLabel('Sequence', { exact: true }).fill(String(market.batch(2).firstSequence));
    await page.getByRole('button', { name: 'Fetch the proof' }).click();
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(printed)})`);
    const root = page.getByLabel('Transitions root of the batch');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe(await root.getAttribute('id'));
    await page.keyboard.press('Control+V');
    expect(await root.inputValue()).toBe(receipts[1]?.transitionsRoot);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Included', exact: true }).waitFor();
  });

  test('takes what the service says as text, whatever it holds', async () => {
    const visited = await visits.visitNothing(PHONE);
    const { page } = visited;
    const detail = '<img src=x onerror="document.title=1"> '.repeat(20);
    const problem = { title: '<b>', status: 500, code: '<i>CODE</i>'.repeat(9), detail };
    await page.route('**/v1/markets', (route) => route.fulfill({ status: 500, json: problem }));
    await page.goto(service.url);
    await page.getByText('<img src=x', { exact: false }).waitFor();
    expect(await page.title()).toBe('Proofbook');
    expect(await page.locator('#content img').count()).toBe(0);
    await expectNoSidewaysScroll(visited);
  });
});
