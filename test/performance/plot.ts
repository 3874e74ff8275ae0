/** One line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** A plot's axes. A logarithmic axis has no values below or at 0. */
export interface Axes {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly isXLogarithmic?: boolean;
  readonly isYLogarithmic?: boolean;
}

const WIDTH = 720;
const HEIGHT = 340;
const LEFT = 70;
const RIGHT = 150;
const TOP = 36;
const BOTTOM = 46;
const TICKS = 5;
const COLORS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed'] as const;

type Scale = (value: number) => number;

/** Lines over two axes, as an SVG element. */
export function plot(axes: Axes, series: readonly Series[]): string {
  const points = series.flatMap((line) => line.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const xScale = scaleOf(xs, axes.isXLogarithmic === true, LEFT, WIDTH - RIGHT);
  const yScale = scaleOf(ys, axes.isYLogarithmic === true, HEIGHT - BOTTOM, TOP);
  const lines = series.map((line, index) => lineOf(line, index, xScale.at, yScale.at)).join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${asHtml(axes.title)}">
<text x="${LEFT}" y="20" class="title">${asHtml(axes.title)}</text>
${xScale.ticks.map((tick) => `<text x="${xScale.at(tick)}" y="${HEIGHT - BOTTOM + 18}" class="tick middle">${short(tick)}</text>`).join('')}
${yScale.ticks.map((tick) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${yScale.at(tick)}" y2="${yScale.at(tick)}" class="grid"/><text x="${LEFT - 8}" y="${yScale.at(tick) + 4}" class="tick end">${short(tick)}</text>`).join('')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" class="tick middle">${asHtml(axes.x)}</text>
<text x="14" y="${(TOP + HEIGHT - BOTTOM) / 2}" class="tick middle" transform="rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})">${asHtml(axes.y)}</text>
${lines}</svg>`;
}

function lineOf(line: Series, index: number, x: Scale, y: Scale): string {
  const color = COLORS[index % COLORS.length];
  const path = line.points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  const labelY = TOP + 12 + index * 18;
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>
<text x="${WIDTH - RIGHT + 12}" y="${labelY}" class="tick" fill="${color}">${asHtml(line.name)}</text>`;
}

function scaleOf(values: readonly number[], isLogarithmic: boolean, from: number, to: number) {
  const positive = isLogarithmic ? values.filter((value) => value > 0) : values;
  const low = isLogarithmic ? Math.min(...positive) : Math.min(0, ...positive);
  const high = Math.max(...positive, low + (isLogarithmic ? low : 1e-9));
  const measure = (value: number) => (isLogarithmic ? Math.log(Math.max(value, low)) : value);
  const span = measure(high) - measure(low);
  const at: Scale = (value) => from + ((measure(value) - measure(low)) / span) * (to - from);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => {
    const share = measure(low) + (span * index) / TICKS;
    return isLogarithmic ? Math.exp(share) : share;
  });
  return { at, ticks };
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

export function asHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
