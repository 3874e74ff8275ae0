import { progressOf } from './batch-progress.ts';
import { element, svg } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { type PlotSize, plot } from './plot.ts';
import { drawOn } from './redraw.ts';
import type { Batch } from './wire.ts';

const HEIGHT = 34;
const CELL = { width: 14, gap: 4, height: 22 } as const;
const CELLS_MAX = 60;

/** The latest batches as a row of cells, oldest at the left: the chain of proofs at a glance. */
export function batchStrip(model: MarketModel): HTMLElement {
  const drawing = plot(HEIGHT);
  const legend = element(
    'ul',
    { class: 'strip-legend', 'aria-hidden': true },
    ...(['waiting', 'running', 'proven', 'failed'] as const).map((tone) =>
      element('li', { 'data-tone': tone }, LEGEND[tone]),
    ),
  );
  const strip = element('div', { class: 'strip' }, drawing.element, legend);
  drawOn(model, ['batches'], () => {
    const batches = model.batches();
    strip.hidden = batches.length === 0;
    drawing.show((size) => cells(batches, size), descriptionOf(batches.slice(0, CELLS_MAX)));
  });
  return strip;
}

const LEGEND = { waiting: 'waiting', running: 'proving', proven: 'proven', failed: 'failed' } as const;

function cells(batches: readonly Batch[], { width }: PlotSize): readonly SVGElement[] {
  const pitch = CELL.width + CELL.gap;
  const room = Math.min(CELLS_MAX, Math.floor((width + CELL.gap) / pitch));
  return batches
    .slice(0, room)
    .toReversed()
    .flatMap((batch, index) => cell(batch, index * pitch));
}

function cell(batch: Batch, x: number): readonly SVGElement[] {
  const { tone, stagesDone, stageShare, text } = progressOf(batch);
  const y = (HEIGHT - CELL.height) / 2;
  const box = { x: x + 0.5, y: y + 0.5, width: CELL.width - 1, height: CELL.height - 1, rx: 3 };
  const title = svg('title', {}, `Batch ${batch.batchNumber}: ${text}`);
  const frame = svg('rect', { ...box, class: 'strip-cell', 'data-tone': tone }, title);
  if (tone !== 'running') return [frame];
  // It fills from below, a quarter a stage.
  const height = ((stagesDone - 1 + (stageShare ?? 0.5)) / 3) * (CELL.height - 4);
  const level = { x: x + 2, y: y + CELL.height - 2 - height, width: CELL.width - 4, height, rx: 1.5 };
  return [frame, svg('rect', { ...level, class: 'strip-level' })];
}

function descriptionOf(batches: readonly Batch[]): string {
  const count = (wanted: string) => batches.filter((batch) => progressOf(batch).tone === wanted).length;
  const parts = (['proven', 'running', 'waiting', 'failed'] as const).map(
    (tone) => `${count(tone)} ${LEGEND[tone]}`,
  );
  return `The latest ${batches.length} batches: ${parts.join(', ')}.`;
}
