import { ticksUpTo } from './axis.ts';
import { dataTable } from './data-table.ts';
import { element, setText, svg } from './element.ts';
import { label, type PlotSize, plot, rule } from './plot.ts';

const HEIGHT = 150;
const MARGIN = { top: 10, bottom: 22, left: 46 } as const;
const GRID_LINES = 4;
/** Fewer bars than this do not get any wider. */
const BARS_MIN = 12;

/** One place on the axis: one value for each series. */
export interface Bar {
  readonly name: string;
  readonly values: readonly number[];
}

export interface BarChartOptions {
  readonly title: string;
  readonly about: string;
  /** Heads of the table: the name's, then one for each series. */
  readonly columns: readonly string[];
  /** Names of the series; the second is drawn in front of the first. */
  readonly series: readonly string[];
  readonly emptyText: string;
}

export interface BarChartData {
  readonly headline: string;
  readonly headlineNote: string;
  readonly bars: readonly Bar[];
  readonly valueText: (value: number) => string;
  /** The same, short enough for the axis. */
  readonly tickText: (value: number) => string;
  /** A value that gets a line across, such as the median. */
  readonly mark?: number | undefined;
  /** The chart in one sentence. */
  readonly description: string;
}

/** A chart of bars with its figure in large, a readout under the pointer, and the same as a table. */
export function barChart({ title, about, columns, series, emptyText }: BarChartOptions) {
  const drawing = plot(HEIGHT);
  const headline = element('span', { class: 'chart-headline' });
  const note = element('span', { class: 'chart-note' });
  const readout = element('p', { class: 'chart-readout', 'aria-hidden': true });
  const table = dataTable(`${title}: ${about}`, columns);
  const legend = element('ul', { class: 'chart-legend', 'aria-hidden': true }, ...series.map(legendItem));
  legend.hidden = series.length < 2;
  const caption = element(
    'figcaption',
    {},
    element('h3', {}, title),
    element('p', { class: 'chart-about' }, about),
    element('p', { class: 'chart-figure' }, headline, note),
  );
  const chart = element(
    'figure',
    { class: 'chart' },
    caption,
    drawing.element,
    legend,
    readout,
    table.element,
  );
  let data: BarChartData | undefined;
  let pointer: number | undefined;
  const draw = () => {
    if (data === undefined) return;
    const { bars, description, valueText } = data;
    const isEmpty = bars.every(({ values }) => values.every((value) => value === 0));
    const marks = (size: PlotSize) =>
      isEmpty ? emptyMarks(size, emptyText) : marksOf(data as BarChartData, size, pointer);
    drawing.show(marks, description);
    const bar = isEmpty ? undefined : bars[indexAt(bars.length, drawing.element.clientWidth, pointer)];
    const values = bar?.values.map((value, index) =>
      `${valueText(value)} ${series[index] ?? ''}`.toLowerCase(),
    );
    setText(
      readout,
      bar === undefined || values === undefined
        ? ''
        : `${bar.name}: ${series.length > 1 ? values.join(', ') : valueText(bar.values[0] ?? 0)}`,
    );
  };
  drawing.element.addEventListener('pointermove', (event) => {
    pointer = event.clientX - drawing.element.getBoundingClientRect().left;
    draw();
  });
  drawing.element.addEventListener('pointerleave', () => {
    pointer = undefined;
    draw();
  });
  return {
    element: chart,
    show(newData: BarChartData) {
      data = newData;
      setText(headline, newData.headline);
      setText(note, newData.headlineNote);
      table.show(newData.bars.map(({ name, values }) => [name, ...values.map(newData.valueText)]));
      draw();
    },
  };
}

function legendItem(name: string, index: number): HTMLElement {
  return element('li', { 'data-series': index }, name);
}

/** The bar under the pointer; -1 for none. */
function indexAt(count: number, width: number, pointer: number | undefined): number {
  if (pointer === undefined || width === 0) return -1;
  const index = Math.floor((pointer - MARGIN.left) / pitchOf(count, width));
  return index < count ? index : -1;
}

function pitchOf(count: number, width: number): number {
  return (width - MARGIN.left) / Math.max(count, BARS_MIN);
}

function emptyMarks({ width, height }: PlotSize, words: string): readonly SVGElement[] {
  const bottom = height - MARGIN.bottom;
  return [rule(0, bottom, width, bottom, 'plot-base'), label(width / 2, bottom / 2 + 8, words, 'middle')];
}

function marksOf(
  { bars, tickText, mark }: BarChartData,
  size: PlotSize,
  pointer: number | undefined,
): readonly SVGElement[] {
  const { width, height } = size;
  const bottom = height - MARGIN.bottom;
  const max = Math.max(...bars.flatMap(({ values }) => values));
  const y = (value: number) => bottom - (value / max) * (bottom - MARGIN.top);
  const ticks = ticksUpTo(max, GRID_LINES);
  const at = indexAt(bars.length, width, pointer);
  const pitch = pitchOf(bars.length, width);
  const gap = Math.min(6, pitch * 0.3);
  const columns = bars.flatMap(({ values }, index) => {
    const wide = Math.max(1, pitch - gap);
    return values.map((value, series) =>
      svg('rect', {
        // The second series stands in front of the first, narrower, so that both are seen whichever is higher.
        x: MARGIN.left + index * pitch + gap / 2 + (series * wide) / 4,
        y: Math.min(y(value), bottom - (value > 0 ? 1 : 0)),
        width: wide / (series + 1),
        height: Math.max(value > 0 ? 1 : 0, bottom - y(value)),
        rx: Math.min(2, pitch / 4),
        class: 'bar',
        'data-series': series,
        'data-at': at === -1 || at === index ? undefined : 'else',
      }),
    );
  });
  return [
    ...ticks.map((tick) => rule(MARGIN.left, y(tick), width, y(tick), 'plot-grid')),
    ...columns,
    rule(MARGIN.left, bottom, width, bottom, 'plot-base'),
    ...(mark === undefined ? [] : [rule(MARGIN.left, y(mark), width, y(mark), 'plot-mark')]),
    ...ticks.map((tick) => label(MARGIN.left - 8, y(tick) + 4, tickText(tick), 'end')),
    ...ends(bars, pitch, size),
  ];
}

function ends(bars: readonly Bar[], pitch: number, { height }: PlotSize): readonly SVGElement[] {
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return [];
  const end = MARGIN.left + bars.length * pitch;
  const y = height - 6;
  return bars.length < 6
    ? bars.map(({ name }, index) => label(MARGIN.left + (index + 0.5) * pitch, y, name, 'middle'))
    : [label(MARGIN.left, y, first.name), label(end, y, last.name, 'end')];
}
