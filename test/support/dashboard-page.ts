import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

const SCREENSHOTS = fileURLToPath(new URL('../browser/screenshots/', import.meta.url));
/** Longer than anything here takes, shorter than a test may: a failure then says what it waited for. */
const WAIT_MS = 12_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A screen that people have. */
export interface Screen {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

export const DESKTOP: Screen = { name: 'desktop-light', width: 1440, height: 900, theme: 'light' };
export const DESKTOP_DARK: Screen = { ...DESKTOP, name: 'desktop-dark', theme: 'dark' };
export const PHONE: Screen = { name: 'phone-light', width: 360, height: 740, theme: 'light' };
export const PHONE_DARK: Screen = { ...PHONE, name: 'phone-dark', theme: 'dark' };

/** The dashboard in a browser tab of its own, with what went wrong in it. */
export interface DashboardPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly screen: Screen;
  /** Errors of scripts and of the content security policy; failed requests are not among them. */
  readonly faults: readonly string[];
}

/** Opens the dashboard as a new visitor. */
export async function openDashboard(
  browser: Browser,
  url: string,
  screen: Screen = DESKTOP,
): Promise<DashboardPage> {
  const { width, height, theme } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: width < 500,
    acceptDownloads: true,
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  await page.goto(url);
  return { page, context, screen, faults };
}

/** Keeps a picture of the page for people to look at. */
export async function keepScreenshot({ page, screen }: DashboardPage, state: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.evaluate('scrollTo({ top: 0, behavior: "instant" })');
  await page.screenshot({
    path: `${SCREENSHOTS}${state}-${screen.name}.png`,
    fullPage: true,
    animations: 'disabled',
  });
}

/** Expects that axe finds nothing serious or critical on the page as it is now. */
export async function expectAccessible({ page }: DashboardPage): Promise<void> {
  await page.evaluate(AXE);
  const { violations, passes }: AxeResults = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect(found).toEqual([]);
  expect(passes.length).toBeGreaterThan(10);
}

/** Expects that the page is no wider than its screen. */
export async function expectNoSidewaysScroll({ page, screen }: DashboardPage): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(screen.width);
}
