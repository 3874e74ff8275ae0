import { bigTicksUpTo, bigTicksWithin } from './axis.ts';
import { type CumulativeLevel, cumulative, largest } from './cumulative-depth.ts';
import { element, setText, svg } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { compactText, decimalText, ratio } from './number-text.ts';
import { label, type PlotSize, plot, rule } from './plot.ts';
import { drawOn } from './redraw.ts';

const HEIGHT = 240;
const MARGIN = { top: 12, right: 12, bottom: 26, left: 44 } as const;

/** How much the book holds up to each price: bids to the left, asks to the right of the spread. */
export function depthChart(model: MarketModel): HTMLElement {
  const drawing = plot(HEIGHT);
  const readout = element('p', { class: 'chart-readout' });
  const chart = element(
    'figure',
    { class: 'depth-chart', 'aria-label': 'Depth chart' },
    drawing.element,
    readout,
  );
  let pointer: number | undefined;
  const draw = () => {
    const bids = cumulative(model.depth?.bids ?? []);
    const asks = cumulative(model.depth?.asks ?? []);
    drawing.show((size) => marksOf({ model, bids, asks, size, pointer }), descriptionOf(model, bids, asks));
    setText(readout, readoutOf({ model, bids, asks, size: sizeOf(drawing.element), pointer }));
  };
  drawing.element.addEventListener('pointermove', (event) => {
    pointer = event.clientX - drawing.element.getBoundingClientRect().left;
    draw();
  });
  drawing.element.addEventListener('pointerleave', () => {
    pointer = undefined;
    draw();
  });
  drawOn(model, ['depth'], draw);
  return chart;
}

interface DepthDrawing {
  readonly model: MarketModel;
  readonly bids: readonly CumulativeLevel[];
  readonly asks: readonly CumulativeLevel[];
  readonly size: PlotSize;
  /** Where the pointer is, in pixels from the left. */
  readonly pointer: number | undefined;
}

function sizeOf(frame: HTMLElement): PlotSize {
  return { width: Math.floor(frame.clientWidth), height: HEIGHT };
}

/** The prices at the left and right edge, a tick beyond the worst levels. */
function priceRange({
  bids,
  asks,
}: DepthDrawing): { readonly low: bigint; readonly high: bigint } | undefined {
  const low = bids.at(-1)?.price ?? asks[0]?.price;
  const high = asks.at(-1)?.price ?? bids[0]?.price;
  if (low === undefined || high === undefined) return undefined;
  return { low: low > 1n ? low - 1n : low, high: high + 1n };
}

function marksOf(drawing: DepthDrawing): readonly SVGElement[] {
  const range = priceRange(drawing);
  if (range === undefined) return [];
  const { model, bids, asks, size } = drawing;
  const bottom = size.height - MARGIN.bottom;
  const most = largest([1n, bids.at(-1)?.total ?? 0n, asks.at(-1)?.total ?? 0n]);
  const x = (price: bigint) =>
    MARGIN.left +
    ratio(price - range.low, range.high - range.low) * (size.width - MARGIN.left - MARGIN.right);
  const y = (total: bigint) => bottom - ratio(total, most) * (bottom - MARGIN.top);
  const { priceDecimals, quantityDecimals } = model.market;
  const grid = bigTicksUpTo(most, 4n).flatMap((total) => [
    rule(MARGIN.left, y(total), size.width - MARGIN.right, y(total), 'plot-grid'),
  ]);
  const volumes = bigTicksUpTo(most, 4n).map((total) =>
    label(MARGIN.left - 8, y(total) + 4, compactText(total, quantityDecimals), 'end'),
  );
  const prices = bigTicksWithin(range.low, range.high, size.width < 420 ? 4n : 7n)
    .filter((price) => x(price) > MARGIN.left + 18 && x(price) < size.width - MARGIN.right - 18)
    .map((price) => label(x(price), size.height - 8, decimalText(price, priceDecimals), 'middle'));
  const edge = (side: readonly CumulativeLevel[], end: bigint) => stepPath(side, x, y, bottom, end);
  return [
    ...grid,
    svg('path', { d: edge(bids, range.low).area, class: 'depth-area', 'data-side': 'bid' }),
    svg('path', { d: edge(asks, range.high).area, class: 'depth-area', 'data-side': 'ask' }),
    svg('path', { d: edge(bids, range.low).line, class: 'depth-line', 'data-side': 'bid' }),
    svg('path', { d: edge(asks, range.high).line, class: 'depth-line', 'data-side': 'ask' }),
    rule(MARGIN.left, bottom, size.width - MARGIN.right, bottom, 'plot-base'),
    ...volumes,
    ...prices,
    ...crosshair(drawing, bottom),
  ];
}

function crosshair({ pointer, size }: DepthDrawing, bottom: number): readonly SVGElement[] {
  if (pointer === undefined || pointer < MARGIN.left || pointer > size.width - MARGIN.right) return [];
  return [rule(pointer, MARGIN.top, pointer, bottom, 'plot-cross')];
}

/** A staircase away from the spread: each level's volume counts from its own price on. */
function stepPath(
  side: readonly CumulativeLevel[],
  x: (price: bigint) => number,
  y: (total: bigint) => number,
  bottom: number,
  end: bigint,
): { readonly line: string; readonly area: string } {
  const [best] = side;
  const last = side.at(-1);
  if (best === undefined || last === undefined) return { line: '', area: '' };
  let line = `M${x(best.price)} ${bottom}`;
  for (const { price, total } of side) line += `H${x(price)}V${y(total)}`;
  line += `H${x(end)}`;
  return { line, area: `${line}V${bottom}Z` };
}

function readoutOf(drawing: DepthDrawing): string {
  const range = priceRange(drawing);
  const { model, pointer, size, bids, asks } = drawing;
  if (range === undefined || pointer === undefined) return totalsText(drawing);
  const { priceDecimals, quantityDecimals } = model.market;
  const share = (pointer - MARGIN.left) / (size.width - MARGIN.left - MARGIN.right);
  const within = Math.min(1, Math.max(0, share));
  const price = range.low + (BigInt(Math.round(within * 1_000_000)) * (range.high - range.low)) / 1_000_000n;
  const bid = bids.findLast((level) => level.price >= price);
  const ask = asks.findLast((level) => level.price <= price);
  const shown = decimalText(price, priceDecimals);
  if (bid !== undefined) return `${decimalText(bid.total, quantityDecimals)} bid at ${shown} or above`;
  if (ask !== undefined) return `${decimalText(ask.total, quantityDecimals)} asked at ${shown} or below`;
  return `${shown}: inside the spread`;
}

function totalsText({ model, bids, asks }: DepthDrawing): string {
  const { quantityDecimals } = model.market;
  const total = (side: readonly CumulativeLevel[]) => decimalText(side.at(-1)?.total ?? 0n, quantityDecimals);
  return `${total(bids)} bid and ${total(asks)} asked on the levels shown`;
}

function descriptionOf(
  model: MarketModel,
  bids: readonly CumulativeLevel[],
  asks: readonly CumulativeLevel[],
): string {
  const { priceDecimals, quantityDecimals } = model.market;
  const side = (name: string, levels: readonly CumulativeLevel[]) => {
    const [best] = levels;
    const worst = levels.at(-1);
    if (best === undefined || worst === undefined) return `no ${name}`;
    const total = decimalText(worst.total, quantityDecimals);
    return `${total} ${name} from ${decimalText(best.price, priceDecimals)} to ${decimalText(worst.price, priceDecimals)}`;
  };
  return `Depth chart: ${side('bid', bids)}; ${side('asked', asks)}. The tables beside it list every level.`;
}
