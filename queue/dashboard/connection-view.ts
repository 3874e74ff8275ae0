import type { Announcer } from './announcer.ts';
import { element, setText } from './element.ts';
import type { Connection, MarketModel } from './market-model.ts';
import { timeText } from './number-text.ts';

const RECOVERED_MS = 4_000;
const TICK_MS = 500;

interface ConnectionPlaces {
  /** In the header: a word. */
  readonly chip: HTMLElement;
  /** Across the page: what is wrong, and when it is tried again. */
  readonly banner: HTMLElement;
  /** Is marked while what it shows may be old. */
  readonly content: HTMLElement;
}

/** Shows whether the page is live. Of a lost connection it says since when, and counts down to the next try. */
export function connectionView(
  places: ConnectionPlaces,
  announcer: Announcer,
): { follow(model: MarketModel, retryNow: () => void): void } {
  const message = element('span', { class: 'banner-text' });
  const retry = element('button', { type: 'button', class: 'button' }, 'Retry now');
  places.banner.replaceChildren(message, retry);
  let current: { readonly model: MarketModel; readonly retryNow: () => void } | undefined;
  let shown: Connection['kind'] = 'connecting';
  let recoveredUntilMs = 0;
  const draw = () => {
    if (current === undefined) return;
    const { connection } = current.model;
    if (connection.kind !== shown) {
      if (connection.kind === 'lost') announcer.say(`Connection lost. ${connection.failure.message}`);
      if (connection.kind === 'live' && shown === 'lost') {
        recoveredUntilMs = Date.now() + RECOVERED_MS;
        announcer.say('Connected again. Everything missed has been replayed.');
      }
      shown = connection.kind;
    }
    drawChip(places.chip, connection);
    drawBanner({ banner: places.banner, message, retry }, connection, Date.now() < recoveredUntilMs);
    places.content.toggleAttribute('data-stale', connection.kind === 'lost');
  };
  retry.addEventListener('click', () => current?.retryNow());
  window.addEventListener('online', () => current?.retryNow());
  setInterval(draw, TICK_MS);
  return {
    follow(model, retryNow) {
      current = { model, retryNow };
      shown = 'connecting';
      recoveredUntilMs = 0;
      model.watch((topic) => {
        if (topic === 'connection' && current?.model === model) draw();
      });
      draw();
    },
  };
}

const CHIP_TEXT = { connecting: 'Connecting', live: 'Live', lost: 'Offline' } as const;

function drawChip(chip: HTMLElement, { kind }: Connection): void {
  chip.hidden = false;
  chip.dataset.kind = kind;
  setText(chip, CHIP_TEXT[kind]);
}

interface Banner {
  readonly banner: HTMLElement;
  readonly message: HTMLElement;
  readonly retry: HTMLElement;
}

function drawBanner({ banner, message, retry }: Banner, connection: Connection, isRecovered: boolean): void {
  const isLost = connection.kind === 'lost';
  banner.hidden = !isLost && !isRecovered;
  banner.dataset.kind = isLost ? 'lost' : 'recovered';
  retry.hidden = !isLost;
  if (!isLost) {
    setText(message, 'Connected again. Everything missed has been replayed.');
    return;
  }
  const seconds = Math.max(0, Math.ceil((connection.retryAtMs - Date.now()) / 1_000));
  const next = seconds === 0 ? 'Trying again…' : `Trying again in ${seconds} s.`;
  setText(message, `Connection lost at ${timeText(connection.sinceMs)}. What you see is from then. ${next}`);
}
