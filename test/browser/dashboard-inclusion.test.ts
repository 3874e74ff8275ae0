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
    const { page } = visited;
    const batch = await service.batch(1);
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
