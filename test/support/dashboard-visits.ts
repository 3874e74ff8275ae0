import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchChromium, SKIPS_BROWSER } from './chromium.ts';
import { type DashboardPage, DESKTOP, openDashboard, type Screen } from './dashboard-page.ts';
import type { StandInMarket } from './stand-in-market.ts';
import { StandInService, untilProven } from './stand-in-service.ts';

/** A market with this many batches has something to show in every part of the page. */
const BATCHES = 25;
const BATCH_COMMANDS = 60;

/** A service and a browser for the tests of one file. Each test has a service without markets, and each visit is a visitor's first. */
export class DashboardVisits {
  readonly service = new StandInService();
  #browser: Browser | undefined;
  readonly #open: DashboardPage[] = [];

  /** Starts both before the tests of this file, and ends them after. A page that had a fault fails the test that opened it. */
  static forThisFile(): DashboardVisits {
    const visits = new DashboardVisits();
    beforeAll(async () => {
      if (SKIPS_BROWSER) return;
      visits.#browser = await launchChromium();
      await visits.service.start();
    });
    beforeEach(() => visits.service.removeMarkets());
    afterEach(async () => {
      const opened = visits.#open.splice(0);
      for (const { context } of opened) await context.close();
      expect(opened.flatMap(({ faults }) => faults)).toEqual([]);
    });
    afterAll(async () => {
      await visits.#browser?.close();
      await visits.service.stop();
    });
    return visits;
  }

  /** Opens a page of the service. */
  async visit(screen: Screen = DESKTOP, path = '/'): Promise<DashboardPage> {
    if (this.#browser === undefined) throw new Error('the browser was not started');
    const visited = await openDashboard(this.#browser, this.service.url + path, screen);
    this.#open.push(visited);
    return visited;
  }

  /** A tab in which nothing of the service is loaded yet, so that its answers can be changed first. */
  async visitNothing(screen: Screen = DESKTOP): Promise<DashboardPage> {
    return this.visit(screen, '/no-such-page');
  }

  /** Opens the dashboard and waits until it is live. */
  async visitLive(screen: Screen = DESKTOP): Promise<DashboardPage> {
    const visited = await this.visit(screen);
    await visited.page.getByText('Live', { exact: true }).waitFor();
    return visited;
  }

  /** The same of a new market that has batches, all of them proven. */
  async visitFilled(
    screen: Screen = DESKTOP,
    batches = BATCHES,
  ): Promise<DashboardPage & { readonly market: StandInMarket }> {
    const market = await this.fill(1n, batches);
    return { ...(await this.visitLive(screen)), market };
  }

  /** A new market with so many batches, all of them proven. */
  async fill(marketId: bigint, batches: number): Promise<StandInMarket> {
    const market = this.service.createMarket(marketId);
    for (let batch = 0; batch < batches; batch++) market.seal(BATCH_COMMANDS);
    await untilProven(market);
    return market;
  }
}
