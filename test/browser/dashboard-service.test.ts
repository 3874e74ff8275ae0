import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { launchChromium, SKIPS_BROWSER } from '../support/chromium.ts';
import {
  type DashboardPage,
  DESKTOP,
  DESKTOP_DARK,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  openDashboard,
  PHONE,
} from '../support/dashboard-page.ts';
import { runCli } from '../support/run-cli.ts';
import { RunningService } from '../support/running-service.ts';

// The dashboard on `proofbook serve` itself, with its log, its queue, its workers and real proofs.

const MINUTES_MS = 600_000;
const BATCH_COMMANDS = 40;
const COMMANDS = seededFlow(11n, 1_000).commands.map(({ command }) => command);

let browser: Browser;
let taken = 0;

/** A port that is free now: after a crash the service must come back where the page looks for it. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return String(address.port);
}

async function seal(service: RunningService, headers: Record<string, string> = {}): Promise<void> {
  const packed = encodeCommands(COMMANDS.slice(taken, taken + BATCH_COMMANDS));
  taken += BATCH_COMMANDS;
  expect((await service.post('/v1/markets/1/batches', packed, headers)).status).toBe(202);
}

function row(page: Page, batchNumber: number) {
  const heading = page.getByRole('heading', { name: `#${batchNumber}`, exact: true });
  return page
    .getByRole('list', { name: 'Batches, newest first' })
    .getByRole('listitem')
    .filter({ has: heading });
}

async function live(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
}

beforeAll(async () => {
  if (!SKIPS_BROWSER) browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(SKIPS_BROWSER)('the dashboard of proofbook serve', () => {
  let service: RunningService;
  let args: readonly string[];
  let visited: DashboardPage;
  beforeAll(async () => {
    args = ['--port', await freePort(), '--no-auth', '--kind', 'app', '--market', '1', '--market', '7'];
    service = await RunningService.start({ args });
    visited = await openDashboard(browser, service.url);
  }, MINUTES_MS);
  afterAll(async () => {
    await visited?.context.close();
    await service?.stop();
    service?.remove();
  }, MINUTES_MS);

  test(
    'follows commands to a real proof, and checks inclusion under the root of the verified receipt',
    async () => {
      const { page, context } = visited;
      await page.getByText('The book is empty').waitFor();
      await seal(service);
      const state = row(page, 1).locator('.batch-state');
      await expect.poll(() => state.textContent(), { timeout: MINUTES_MS, interval: 20 }).toMatch(/^Proving/);
      await page.getByRole('table', { name: 'Bids' }).getByRole('row').nth(1).waitFor();
      await keepScreenshot(visited, 'service-proving');
      await expect
        .poll(() => state.textContent(), { timeout: MINUTES_MS })
        .toMatch(/^Proven in [\d.]+ (ms|s|min)/);
      const started = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download the receipt of batch 1' }).click();
      const file = join(service.root, 'downloaded.receipt');
      await (await started).saveAs(file);
      const verified = await runCli(['verify', '--json', file]);
      expect(verified.exitCode).toBe(0);
      await page.getByRole('button', { name: 'Details of batch 1' }).click();
      await page.getByRole('button', { name: 'Check inclusion in this batch' }).click();
      await page.keyboard.press('Enter');
      const root = page.getByLabel('Transitions root of the batch');
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe(await root.getAttribute('id'));
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(verified.stdout)})`);
      await page.keyboard.press('Control+V');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Included', exact: true }).waitFor();
      await keepScreenshot(visited, 'service-proven');
      await expectAccessible(visited);
      expect(visited.faults).toEqual([]);
    },
    MINUTES_MS,
  );

  test.each([DESKTOP_DARK, PHONE])(
    'is whole for the next visitor: $name',
    async (screen) => {
      const other = await openDashboard(browser, service.url, screen);
      await live(other.page);
      await row(other.page, 1).waitFor();
      await keepScreenshot(other, 'service');
      await other.page.getByLabel('Market', { exact: true }).selectOption('Market 7');
      await other.page.getByText('No batch yet', { exact: true }).waitFor();
      await other.page.getByLabel('Market', { exact: true }).selectOption('Market 1');
      await row(other.page, 1).waitFor();
      await expectAccessible(other);
      await expectNoSidewaysScroll(other);
      expect(other.faults).toEqual([]);
      await other.context.close();
    },
    MINUTES_MS,
  );

  test(
    'notices that the service was killed, and shows without a reload what was sealed after it came back',
    async () => {
      const { page } = visited;
      await live(page);
      const asked: (string | undefined)[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/events')) asked.push(request.headers()['last-event-id']);
      });
      await service.stop('SIGKILL');
      await page.getByText(/^Connection lost at/).waitFor();
      await keepScreenshot(visited, 'service-lost');
      service = await RunningService.start({ root: service.root, args });
      await seal(service);
      await expect.poll(() => row(page, 2).count(), { timeout: 60_000 }).toBe(1);
      await live(page);
      await page.getByText(/^Connection lost at/).waitFor({ state: 'detached' });
      expect(asked.at(-1), 'the id of the last event that was seen').toMatch(/^[0-9]+/);
      expect(visited.faults).toEqual([]);
    },
    MINUTES_MS,
  );
});

describe.skipIf(SKIPS_BROWSER)('the dashboard of a service that asks for keys', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await RunningService.start({ args: ['--workers', '0'] });
  }, MINUTES_MS);
  afterAll(async () => {
    await service?.stop();
    service?.remove();
  }, MINUTES_MS);

  async function makeKey(scope: string): Promise<string> {
    const { stdout } = await runCli(['keys', 'create', '--data', service.root, '--scope', scope, '--json']);
    return JSON.parse(stdout).key;
  }

  test(
    'is open to who has a key that may read, and to nobody else',
    async () => {
      const submit = { authorization: `Bearer ${await makeKey('submit')}` };
      await seal(service, submit);
      const { page, context, faults } = await openDashboard(browser, service.url, DESKTOP);
      const enter = async (key: string) => {
        await page.getByRole('button', { name: 'Enter an API key' }).click();
        await page.getByLabel('Key', { exact: true }).fill(key);
        await page.keyboard.press('Enter');
      };
      await page.getByRole('heading', { name: 'This service asks for an API key' }).waitFor();
      await enter(submit.authorization.replace('Bearer ', ''));
      await page.getByRole('heading', { name: 'This key may not read' }).waitFor();
      await enter(await makeKey('read'));
      await live(page);
      await row(page, 1).getByText('Queued').waitFor();
      expect(faults).toEqual([]);
      await context.close();
    },
    MINUTES_MS,
  );
});
