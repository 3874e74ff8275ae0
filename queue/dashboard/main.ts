import { Announcer } from './announcer.ts';
import { ApiClient } from './api-client.ts';
import { connectionView } from './connection-view.ts';
import { byId, element } from './element.ts';
import { KeyDialog } from './key-dialog.ts';
import { MarketFeed } from './market-feed.ts';
import { MarketModel } from './market-model.ts';
import { marketView } from './market-view.ts';
import { failureView, loadingView, noMarketView } from './notice.ts';
import { themeToggle } from './theme-toggle.ts';
import { type Market, readMarkets } from './wire.ts';

const CLOCK_MS = 5_000;
const MARKETS_AGAIN_MS = 5_000;

/** The page: which market is shown, and what stands in its place when there is none to show. */
class Dashboard {
  readonly #client = new ApiClient();
  readonly #announcer = new Announcer(byId('announcer', HTMLElement));
  readonly #content = byId('content', HTMLElement);
  readonly #picker = byId('market', HTMLSelectElement);
  readonly #parts = byId('parts', HTMLElement);
  readonly #chip = byId('connection', HTMLElement);
  readonly #keyDialog = new KeyDialog(this.#client, () => void this.load());
  readonly #connection = connectionView(
    { chip: this.#chip, banner: byId('banner', HTMLElement), content: this.#content },
    this.#announcer,
  );
  #feed: MarketFeed | undefined;
  #model: MarketModel | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#picker.addEventListener('change', () => {
      history.pushState(null, '', `?market=${this.#picker.value}`);
      void this.load();
    });
    let market = marketInAddress();
    window.addEventListener('popstate', () => {
      // Following a link within the page comes by here too.
      if (marketInAddress() !== market) void this.load();
      market = marketInAddress();
    });
    setInterval(() => this.#model?.tick(), CLOCK_MS);
  }

  /** Reads the markets and shows the one that the address names, or the first. */
  async load(isQuiet = false): Promise<void> {
    clearTimeout(this.#again);
    this.#feed?.stop();
    if (!isQuiet) this.#show(loadingView());
    try {
      const markets = readMarkets(await this.#client.json('markets'));
      const market = markets.find(({ marketId }) => String(marketId) === marketInAddress()) ?? markets[0];
      this.#fillPicker(markets, market);
      if (market === undefined) {
        if (!isQuiet) this.#show(noMarketView());
        this.#again = setTimeout(() => void this.load(true), MARKETS_AGAIN_MS);
      } else this.#open(market);
    } catch (failure) {
      this.#fail(failure);
    }
  }

  #open(market: Market): void {
    const model = new MarketModel(market);
    const feed = new MarketFeed(this.#client, model, (failure) => this.#fail(failure));
    this.#model = model;
    this.#feed = feed;
    this.#connection.follow(model, () => feed.retryNow());
    let isShown = false;
    model.watch(() => {
      if (isShown || !model.isLoaded || this.#model !== model) return;
      isShown = true;
      this.#show(marketView(model, feed, this.#client, this.#announcer));
    });
    feed.start();
  }

  #fail(failure: unknown): void {
    this.#feed?.stop();
    this.#model = undefined;
    this.#chip.hidden = true;
    this.#show(
      failureView(failure, { retry: () => void this.load(), enterKey: () => this.#keyDialog.open() }),
    );
  }

  #show(view: HTMLElement): void {
    // Who was in what goes away is put where the new view begins, not at the top of the page.
    const hadFocus = this.#content.contains(document.activeElement);
    this.#content.replaceChildren(view);
    if (hadFocus) byId('main', HTMLElement).focus({ preventScroll: true });
    this.#parts.hidden = !view.classList.contains('market');
    this.#content.toggleAttribute('data-stale', false);
  }

  #fillPicker(markets: readonly Market[], chosen: Market | undefined): void {
    this.#picker.replaceChildren(
      ...markets.map(({ marketId }) => element('option', { value: marketId }, `Market ${marketId}`)),
    );
    this.#picker.disabled = markets.length === 0;
    byId('picker', HTMLElement).hidden = markets.length === 0;
    if (chosen !== undefined) this.#picker.value = String(chosen.marketId);
  }
}

function marketInAddress(): string | undefined {
  return new URLSearchParams(location.search).get('market') ?? undefined;
}

themeToggle(byId('theme', HTMLButtonElement));
void new Dashboard().load();
