import type { ApiClient } from './api-client.ts';
import { STAGES } from './batch-progress.ts';
import { batchRow } from './batch-row.ts';
import { batchStrip } from './batch-strip.ts';
import { element, setText } from './element.ts';
import type { MarketFeed } from './market-feed.ts';
import type { MarketModel } from './market-model.ts';
import { drawOn } from './redraw.ts';
import { section } from './section.ts';
import type { Batch } from './wire.ts';

const ROWS_AT_FIRST = { wide: 12, narrow: 6 } as const;
const NARROW = '(max-width: 620px)';
const ROWS_MORE = 24;

/** What a batch row can ask for. */
export interface BatchActions {
  readonly client: ApiClient;
  /** Opens the inclusion checker with this batch filled in. */
  readonly checkInclusion: (batch: Batch) => void;
  /** Says something to who cannot see it. */
  readonly announce: (text: string) => void;
}

/** The timeline: every batch from sealed to proven, newest first. */
export function batchesView(model: MarketModel, feed: MarketFeed, actions: BatchActions): HTMLElement {
  const rows = new Map<bigint, ReturnType<typeof batchRow>>();
  const list = element('ol', { class: 'batch-list', 'aria-label': 'Batches, newest first' });
  const columns = columnHeads();
  const empty = emptyState();
  const count = element('span', { class: 'section-note' });
  const older = element('button', { type: 'button', class: 'button quiet-button' }, 'Show older batches');
  let wanted: number = ROWS_AT_FIRST[matchMedia(NARROW).matches ? 'narrow' : 'wide'];
  const draw = () => {
    const batches = model.batches();
    const shown = batches.slice(0, wanted);
    for (const batch of shown) {
      const row = rows.get(batch.batchNumber) ?? batchRow(model.market, actions);
      rows.set(batch.batchNumber, row);
      row.show(batch);
    }
    const last = shown.at(-1)?.batchNumber ?? 0n;
    for (const number of rows.keys()) if (number < last) rows.delete(number);
    placeInOrder(
      list,
      shown.map(({ batchNumber }) => rows.get(batchNumber)?.element),
    );
    const isEmpty = batches.length === 0;
    empty.hidden = !isEmpty;
    columns.hidden = isEmpty;
    older.hidden = isEmpty || (shown.at(-1)?.batchNumber ?? 1n) <= 1n;
    setText(count, isEmpty ? '' : runningText(batches));
  };
  older.addEventListener('click', async () => {
    wanted += ROWS_MORE;
    try {
      while (model.batches().length < wanted && (model.batches().at(-1)?.batchNumber ?? 1n) > 1n) {
        await feed.loadOlder();
      }
    } catch {
      actions.announce('Older batches could not be loaded.');
    }
    draw();
  });
  drawOn(model, ['batches', 'clock', 'market'], draw);
  const { element: card, body } = section('batches', 'Batches', count);
  body.append(batchStrip(model), empty, columns, list, element('div', { class: 'more' }, older));
  return card;
}

/** Puts rows where they belong and moves none that is there already: a moved row would lose the focus in it. */
function placeInOrder(list: HTMLElement, wanted: readonly (HTMLElement | undefined)[]): void {
  const rows = wanted.filter((row) => row !== undefined);
  for (const child of [...list.children]) if (!rows.includes(child as HTMLElement)) child.remove();
  rows.forEach((row, index) => {
    const there = list.children[index];
    if (there !== row) list.insertBefore(row, there ?? null);
  });
}

function columnHeads(): HTMLElement {
  const stages = element(
    'span',
    { class: 'stage-heads' },
    ...STAGES.map((stage) => element('span', {}, stage)),
  );
  return element(
    'div',
    { class: 'batch-heads', 'aria-hidden': true },
    element('span', {}, 'Batch'),
    element('span', {}, 'Contents'),
    stages,
    element('span', {}, 'State'),
    element('span', {}, 'Receipt'),
  );
}

function emptyState(): HTMLElement {
  const code = 'POST /v1/markets/{id}/commands';
  return element(
    'div',
    { class: 'empty' },
    element('p', { class: 'empty-title' }, 'No batch yet'),
    element(
      'p',
      {},
      'Commands are sealed into batches, and each batch is proven. Send the first with ',
      element('code', {}, code),
      '.',
    ),
  );
}

function runningText(batches: readonly Batch[]): string {
  const open = batches.filter(({ job }) => job === undefined || STATES_OPEN.has(job.state)).length;
  return open === 0 ? 'all proven or ended' : `${open} on the way to a proof`;
}

const STATES_OPEN: ReadonlySet<string> = new Set([
  'queued',
  'executing',
  'proving',
  'aggregating',
  'verifying',
]);
