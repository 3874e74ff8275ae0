import type { Announcer } from './announcer.ts';
import type { ApiClient } from './api-client.ts';
import { batchesView } from './batches-view.ts';
import { bookView } from './book-view.ts';
import { element } from './element.ts';
import { inclusionView } from './inclusion-view.ts';
import type { MarketFeed } from './market-feed.ts';
import type { MarketModel } from './market-model.ts';
import { performanceView } from './performance-view.ts';
import { summaryView } from './summary-view.ts';

/** Everything about one market. */
export function marketView(
  model: MarketModel,
  feed: MarketFeed,
  client: ApiClient,
  announcer: Announcer,
): HTMLElement {
  const inclusion = inclusionView(client, model.market);
  const batches = batchesView(model, feed, {
    client,
    checkInclusion: (batch) => inclusion.check(batch),
    announce: (text) => announcer.say(text),
  });
  announceProofs(model, announcer);
  return element(
    'div',
    { class: 'market' },
    summaryView(model),
    bookView(model),
    batches,
    performanceView(model),
    inclusion.element,
  );
}

function announceProofs(model: MarketModel, announcer: Announcer): void {
  let known = model.provenThrough();
  model.watch((topic) => {
    if (topic !== 'batches' || !model.isLoaded) return;
    const proven = model.provenThrough();
    if (proven > known) announcer.say(`Proven through batch ${proven}.`);
    known = proven;
  });
}
