import type { MarketModel, Topic } from './market-model.ts';

/** Draws now, and again when one of the topics changes: once a frame at most, however many events came in between. */
export function drawOn(model: MarketModel, topics: readonly Topic[], draw: () => void): void {
  let isDue = false;
  draw();
  model.watch((topic) => {
    if (isDue || !topics.includes(topic)) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  });
}
