import { element, setAttributes, svg } from './element.ts';

/** Room for a drawing, in CSS pixels. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface Plot {
  readonly element: HTMLElement;
  /** Replaces the drawing, and says in words what it shows. */
  show(marks: (size: PlotSize) => readonly SVGElement[], description: string): void;
}

/** An SVG as wide as its place and drawn again when that changes, so that lines and letters are never stretched. */
export function plot(height: number): Plot {
  const drawing = svg('svg', { role: 'img', class: 'plot-drawing', height });
  const frame = element('div', { class: 'plot' }, drawing);
  let marks: (size: PlotSize) => readonly SVGElement[] = () => [];
  const draw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width === 0) return;
    setAttributes(drawing, { viewBox: `0 0 ${width} ${height}`, width });
    drawing.replaceChildren(...marks({ width, height }));
  };
  new ResizeObserver(draw).observe(frame);
  return {
    element: frame,
    show(newMarks, description) {
      marks = newMarks;
      setAttributes(drawing, { 'aria-label': description });
      draw();
    },
  };
}

/** A short text in a drawing. */
export function label(
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): SVGTextElement {
  return svg('text', { x, y, class: 'plot-label', 'text-anchor': anchor }, words);
}

/** A line across the drawing. */
export function rule(x1: number, y1: number, x2: number, y2: number, kind: string): SVGLineElement {
  return svg('line', { x1, y1, x2, y2, class: kind });
}
